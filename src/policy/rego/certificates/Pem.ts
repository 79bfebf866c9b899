/** PEM blocks (RFC 7468) in text. */

export interface Block {
  readonly label: string
  readonly der: Buffer
}

const syntax = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)\r?\n?-----END \1-----/g

/** The blocks of a text, in order. Headers inside a block are skipped. */
export const pemBlocks = (text: string): ReadonlyArray<Block> =>
  [...text.matchAll(syntax)].map(([, label = "", body = ""]) => ({
    label,
    der: Buffer.from(body.replace(/^[^\n]*:[^\n]*\n/gm, ""), "base64")
  }))

/** The text of PEM blocks and DER, given as PEM, or as either in Base64; undefined when it is no Base64. */
export const derOf = (
  text: string,
  label: string,
  decode: (text: string) => Buffer | number
): ReadonlyArray<Buffer> | undefined => {
  const labelled = (source: string) =>
    pemBlocks(source)
      .filter((block) => block.label === label)
      .map(({ der }) => der)
  const direct = labelled(text)
  if (direct.length > 0) return direct
  const bytes = decode(text)
  if (typeof bytes === "number") return undefined
  const inner = labelled(bytes.toString("latin1"))
  return inner.length > 0 ? inner : [bytes]
}
