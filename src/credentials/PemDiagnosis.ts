/** Says why a file that should hold PEM blocks has none that can be used, or fewer than it begins. Pure. */
import { type PemBlock, readPem } from "./Pem.ts"

/** Looked at for the diagnosis: what is wrong shows at the beginning of a file. */
const looked = 1024 * 1024

const begins = (text: string): number => text.split("-----BEGIN ").length - 1

/** Types of blocks, each once, in their order; at most five. */
const typesIn = (blocks: ReadonlyArray<PemBlock>): string =>
  [...new Set(blocks.map(({ type }) => type.slice(0, 64)))].slice(0, 5).join(", ")

/** UTF-16 has a byte order mark, or a NUL in every second byte of its ASCII characters. */
const isUtf16 = (bytes: Uint8Array): boolean => {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  const head = bytes.subarray(0, 64)
  const zeros = (offset: 0 | 1) => head.filter((byte, index) => index % 2 === offset && byte === 0).length
  return head.length >= 8 && Math.max(zeros(0), zeros(1)) > head.length / 4
}

/** Formats that are not PEM, by their first bytes. */
const binaryFormat = (bytes: Uint8Array): string | undefined => {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex")
  if (magic === "feedfeed" || magic === "cececece") return "is a Java keystore, not PEM: give it with --keystore"
  if (!/^30(8[0-4]|[0-7])/.test(magic)) return undefined
  return bytes.subarray(0, 16).includes(3) &&
    /^308[0-3].{0,4}020103/.test(Buffer.from(bytes.subarray(0, 8)).toString("hex"))
    ? "is PKCS#12, not PEM: give it with --keystore"
    : "is DER (binary), not PEM: convert it with `openssl x509 -inform der` or `openssl pkey -inform der`"
}

/** What is wrong with the first BEGIN line, its block or its END line. */
const damage = (text: string): string => {
  const indented = /^[^\S\r\n]+-----(?:BEGIN|END) /m.test(text)
  if (indented) return "has indented BEGIN or END lines: remove the white space before `-----`"
  const lone = /\r(?!\n)/.test(text) && !text.includes("\n")
  if (lone) return "has lines that end in CR alone: convert them to LF"
  let position = 0
  for (;;) {
    const [found, type = ""] = /-----BEGIN ([^\r\n]{1,64}?)-----/.exec(text.slice(position)) ?? []
    if (found === undefined) return "has a damaged BEGIN line"
    const start = text.indexOf(found, position) + found.length
    const next = text.indexOf("-----BEGIN ", start)
    const block = text.slice(start, next < 0 ? undefined : next)
    const [, ended] = /-----END ([^\r\n]{1,64}?)-----/.exec(block) ?? []
    if (ended === undefined) return `is cut off: the block ${type} has no complete END line`
    if (ended !== type) return `is damaged: the block ${type} ends as ${ended}`
    const body = `-----BEGIN ${type}-----${block.slice(0, block.indexOf("-----END "))}-----END ${type}-----\n`
    if (readPem(Buffer.from(body, "latin1")).length === 0) return `is damaged: the block ${type} is not base64`
    if (next < 0) return "is damaged"
    position = next
  }
}

/**
 * What is wrong with a PEM file, as a predicate to follow its name (`is empty`, `is cut off: ..`); undefined when each block
 * that it begins can be read.
 */
export const pemProblem = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return "is empty"
  if (isUtf16(bytes)) return "is UTF-16 text: save it as UTF-8 or ASCII"
  const text = Buffer.from(bytes.subarray(0, looked)).toString("latin1")
  if (text.trim() === "") return "holds white space only"
  const blocks = readPem(bytes)
  const begun = begins(text)
  if (begun > 0) return blocks.length < begun ? damage(text) : undefined
  if (blocks.length > 0) return undefined
  return binaryFormat(bytes) ?? "has no line that begins with `-----BEGIN `: it is not PEM"
}

/** The same for a file that must hold a block of a kind: what it holds instead when nothing of it is damaged. */
export const missingBlock = (
  bytes: Uint8Array,
  kind: "certificate" | "private key",
  isKind: (block: PemBlock) => boolean
): string | undefined => {
  const blocks = readPem(bytes)
  if (blocks.some(isKind)) return undefined
  const problem = pemProblem(bytes)
  if (problem !== undefined) return problem
  const instead = typesIn(blocks)
  const remedy = blocks.some(({ type }) => type === "CERTIFICATE REQUEST" || type === "NEW CERTIFICATE REQUEST")
    ? "; a request must be signed by an authority first"
    : ""
  return `holds no ${kind}, only ${instead}${remedy}`
}

/** A warning about blocks that are left out; undefined when there are none. */
export const lostBlocks = (what: string, path: string, bytes: Uint8Array): string | undefined => {
  const blocks = readPem(bytes).length
  const lost = begins(Buffer.from(bytes).toString("latin1")) - blocks
  if (lost <= 0 || blocks === 0) return undefined
  const count = lost === 1 ? "1 block" : `${lost} blocks`
  return `warning: ${count} of the ${what} file '${path}' cannot be read and ${lost === 1 ? "is" : "are"} left out: the file ${damage(Buffer.from(bytes.subarray(0, looked)).toString("latin1"))}`
}
