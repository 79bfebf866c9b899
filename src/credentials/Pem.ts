/** PEM: the blocks of a text in their order. Pure and total: what is no block is text between blocks. */

export interface PemBlock {
  /** What stands behind BEGIN, such as `CERTIFICATE`. */
  readonly type: string
  readonly headers: ReadonlyMap<string, string>
  readonly der: Uint8Array
}

const end = "\n-----END "
const begin = "-----BEGIN "
const dashes = "-----"

const cutLine = (text: string): readonly [line: string, rest: string] => {
  const newline = text.indexOf("\n")
  return newline < 0 ? [text.trimEnd(), ""] : [text.slice(0, newline).trimEnd(), text.slice(newline + 1)]
}

const readBlock = (text: string): PemBlock | undefined => {
  const [typeLine, afterType] = cutLine(text)
  if (!typeLine.endsWith(dashes)) return undefined
  const type = typeLine.slice(0, -dashes.length)
  const headers = new Map<string, string>()
  let body = afterType
  for (;;) {
    const [line, rest] = cutLine(body)
    const colon = line.indexOf(":")
    if (colon < 0 || body === "") break
    headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
    body = rest
  }
  const encoded = body.replace(/[ \t\r\n]+/g, "")
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return undefined
  return { type, headers, der: Buffer.from(encoded, "base64") }
}

/** A byte order mark in UTF-8: editors put one before the first line, and `cat` carries it into the middle of a bundle. */
const byteOrderMark = /\u00ef\u00bb\u00bf/g
/** What `cat` makes of a file without a final line break and the next one. */
const joined = /^(-----END [^\n]*-----)(?=-----BEGIN )/gm

/** The text with every line that begins or ends a block on a line of its own. */
const linesOf = (input: Uint8Array): string =>
  Buffer.from(input.buffer, input.byteOffset, input.byteLength)
    .toString("latin1")
    .replace(byteOrderMark, "")
    .replace(joined, "$1\n")

/**
 * The blocks of a text, damaged ones left out. A block begins at the last BEGIN line before its END line, and both name
 * the same type.
 */
export const readPem = (input: Uint8Array): ReadonlyArray<PemBlock> => {
  const text = `\n${linesOf(input)}`
  const blocks: Array<PemBlock> = []
  let position = 0
  for (;;) {
    const stop = text.indexOf(end, position)
    if (stop < 0) return blocks
    const before = text.slice(position, stop)
    const start = before.lastIndexOf(begin)
    position = stop + end.length
    if (start < 0 || before[start - 1] !== "\n") continue
    const block = readBlock(before.slice(start + begin.length))
    const [endLine] = cutLine(text.slice(position, position + 1024))
    if (block !== undefined && endLine === block.type + dashes) blocks.push(block)
  }
}

/** How many blocks of a type a text seems to hold, damaged ones too. */
export const countBegins = (input: Uint8Array, type: string): number =>
  Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString("latin1").split(`${begin}${type}${dashes}`)
    .length - 1

/** Whether a block is a private key of any kind. */
export const isKey = ({ type }: PemBlock): boolean => type === "PRIVATE KEY" || type.endsWith(" PRIVATE KEY")

/** Whether a password protects the block. */
export const isEncrypted = ({ type, headers }: PemBlock): boolean =>
  type === "ENCRYPTED PRIVATE KEY" || (headers.get("Proc-Type")?.includes("ENCRYPTED") ?? false)

/** One block as text. */
export const writePem = (type: string, der: Uint8Array, headers: PemBlock["headers"] = new Map()): string => {
  const encoded = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("base64")
  let text = `-----BEGIN ${type}-----\n`
  for (const [name, value] of headers) text += `${name}: ${value}\n`
  if (headers.size > 0) text += "\n"
  for (let start = 0; start < encoded.length; start += 64) text += `${encoded.slice(start, start + 64)}\n`
  return `${text}-----END ${type}-----\n`
}
