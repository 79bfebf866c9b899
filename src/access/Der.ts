/**
 * Strict DER, and nothing of the laxer BER: every header is the shortest possible, lengths are definite, nothing follows
 * the value. A certificate that two parsers could read in two ways is refused here. Own code, because it reads what
 * strangers send before anything is decided about them; the tests hold it against asn1js.
 */

/** Malformed input: never leaves the parsers, which turn it into a typed failure. */
export class Malformed extends Error {}

/** Stops the parse with a reason. */
export const malformed = (reason: string): never => {
  throw new Malformed(reason)
}

/** The tag classes as in the first byte. */
export const TagClass = { universal: 0, contextSpecific: 2 } as const

/** The universal tags certificates are made of. */
export const Tag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  t61String: 20,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  bmpString: 30
} as const

/** One value. */
export interface DerNode {
  readonly tagClass: number
  readonly tag: number
  readonly constructed: boolean
  /** The value with its header. */
  readonly raw: Uint8Array
  readonly content: Uint8Array
  /** Empty unless constructed. */
  readonly children: ReadonlyArray<DerNode>
}

const sizeLimit = 256 * 1024
const depthLimit = 24
const none: ReadonlyArray<DerNode> = []

/** Of the universal types sequences and sets are constructed, all others primitive; type 0 is BER's end mark. */
const isForm = (tagClass: number, tag: number, constructed: boolean): boolean =>
  tagClass !== TagClass.universal || (tag !== 0 && constructed === (tag === Tag.sequence || tag === Tag.set))

interface Header {
  readonly tagClass: number
  readonly tag: number
  readonly constructed: boolean
  readonly from: number
  readonly to: number
}

const readHeader = (bytes: Uint8Array, start: number, end: number): Header => {
  const first = bytes[start]
  const short = bytes[start + 1]
  if (first === undefined || short === undefined || start + 2 > end) return malformed("truncated")
  const tag = first & 0x1f
  const tagClass = first >> 6
  const constructed = (first & 0x20) !== 0
  if (tag === 0x1f || !isForm(tagClass, tag, constructed)) return malformed("unsupported tag")
  let length = short
  let header = 2
  if (short >= 0x80) {
    header += short & 0x7f
    if (short === 0x80 || header > 5 || start + header > end) return malformed("unsupported length")
    length = 0
    for (let index = start + 2; index < start + header; index++) length = (length << 8) | (bytes[index] ?? 0)
    if (length < 0x80 || length < 1 << (8 * (header - 3))) return malformed("not in distinguished encoding")
  }
  const from = start + header
  return from + length > end ? malformed("truncated") : { tagClass, tag, constructed, from, to: from + length }
}

const readNode = (bytes: Uint8Array, start: number, end: number, depth: number): DerNode => {
  const { tagClass, tag, constructed, from, to } = readHeader(bytes, start, end)
  const children = constructed ? readNodes(bytes, from, to, depth + 1) : none
  return { tagClass, tag, constructed, raw: bytes.subarray(start, to), content: bytes.subarray(from, to), children }
}

const readNodes = (bytes: Uint8Array, start: number, end: number, depth: number): ReadonlyArray<DerNode> => {
  if (depth > depthLimit) return malformed("nested too deeply")
  const nodes: Array<DerNode> = []
  for (let position = start; position < end; ) {
    const node = readNode(bytes, position, end, depth)
    nodes.push(node)
    position += node.raw.length
  }
  return nodes
}

// Views of a plain array are much cheaper than views of a Node buffer.
const plain = (bytes: Uint8Array) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)

/** Reads exactly one value of at most `limit` bytes. Throws `Malformed`. */
export const readDer = (bytes: Uint8Array, limit: number = sizeLimit): DerNode => {
  if (bytes.length > limit) return malformed("too large")
  const node = readNode(plain(bytes), 0, bytes.length, 0)
  return node.raw.length === bytes.length ? node : malformed("trailing data")
}

/** Reads values that follow each other, `limit` bytes at most. Throws `Malformed`. */
export const readDerSeries = (bytes: Uint8Array, limit: number): ReadonlyArray<DerNode> =>
  bytes.length > limit ? malformed("too large") : readNodes(plain(bytes), 0, bytes.length, 0)

/** A value whose content has not been parsed. */
export type DerElement = Omit<DerNode, "children">

/** The values that stand here one after the other, however large, each without a look inside. Throws `Malformed`. */
export function* readElements(bytes: Uint8Array): Generator<DerElement> {
  for (let start = 0; start < bytes.length; ) {
    const { tagClass, tag, constructed, from, to } = readHeader(bytes, start, bytes.length)
    yield { tagClass, tag, constructed, raw: bytes.subarray(start, to), content: bytes.subarray(from, to) }
    start = to
  }
}

/** Whether the value has this universal tag, in the form the tag demands. */
export const isUniversal = (node: DerElement, tag: number): boolean =>
  node.tagClass === TagClass.universal &&
  node.tag === tag &&
  node.constructed === (tag === Tag.sequence || tag === Tag.set)

/** The value when it is of this universal type. Throws `Malformed`. */
export const expectTag = (node: DerNode | undefined, tag: number, what: string): DerNode =>
  node !== undefined && isUniversal(node, tag) ? node : malformed(`malformed ${what}`)

/** The first arc's factor is folded into the second; only under 2 can that one reach 40. */
const firstArcs = (arc: bigint | number): string =>
  arc < 40 ? `0.${arc}` : arc < 80 ? `1.${BigInt(arc) - 40n}` : `2.${BigInt(arc) - 80n}`

/** An object identifier in dotted form. Throws `Malformed`. */
export const oidOf = (node: DerNode | undefined, what: string): string => {
  const { content } = expectTag(node, Tag.oid, what)
  if (content.length === 0 || content.length > 64) return malformed(`malformed ${what}`)
  let text = ""
  let arc: bigint | number = 0
  let fresh = true
  for (const byte of content) {
    if (fresh && byte === 0x80) return malformed(`malformed ${what}`)
    // Bits of an arc beyond 2^46 need the slow arithmetic: nothing may be rounded here.
    arc =
      typeof arc === "number" && arc < 2 ** 46 ? arc * 128 + (byte & 0x7f) : BigInt(arc) * 128n + BigInt(byte & 0x7f)
    fresh = byte < 0x80
    if (fresh) {
      text = text === "" ? firstArcs(arc) : `${text}.${arc}`
      arc = 0
    }
  }
  return fresh ? text : malformed(`malformed ${what}`)
}

/** The bytes of a bit string without unused bits. Throws `Malformed`. */
export const bitsOf = (node: DerNode | undefined, what: string): Uint8Array => {
  const { content } = expectTag(node, Tag.bitString, what)
  return content[0] === 0 ? content.subarray(1) : malformed(`malformed ${what}`)
}

/** The bytes of an integer that is not negative, without the sign byte. Throws `Malformed`. */
export const unsignedOf = (node: DerNode | undefined, what: string): Uint8Array => {
  const { content } = expectTag(node, Tag.integer, what)
  const [first, second] = content
  if (first === undefined || first >= 0x80) return malformed(`malformed ${what}`)
  if (first !== 0 || second === undefined) return content
  return second >= 0x80 ? content.subarray(1) : malformed(`malformed ${what}`)
}
