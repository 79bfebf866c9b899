/**
 * Strict DER on top of asn1js, which reads the laxer BER: every header must be the shortest possible, lengths definite,
 * and nothing may follow the value. A certificate that two parsers could read in two ways is refused here.
 */
import { type AsnType, Constructed, fromBER } from "asn1js"

/** Malformed input: never leaves the parsers of this folder, which turn it into a `Result`. */
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
const limits = { maxDepth: 24, maxNodes: 20_000, maxContentLength: sizeLimit, parseEmbedded: false, copyInput: false }

const shortestHeader = (length: number) => (length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5)

const toNode = (block: AsnType): DerNode => {
  const raw = block.valueBeforeDecodeView
  const header = block.idBlock.blockLength + block.lenBlock.blockLength
  const { isConstructed: constructed, tagClass, tagNumber: tag } = block.idBlock
  const { length, isIndefiniteForm } = block.lenBlock
  if (block.idBlock.blockLength !== 1) malformed("unsupported tag")
  if (isIndefiniteForm || header !== shortestHeader(length) || raw.length !== header + length) {
    malformed("not in distinguished encoding")
  }
  const children = block instanceof Constructed ? block.valueBlock.value.map(toNode) : []
  if (constructed && !(block instanceof Constructed)) malformed("constructed string")
  if (!constructed && tagClass === 1 && (tag === Tag.sequence || tag === Tag.set)) malformed("primitive sequence")
  if (constructed && children.reduce((sum, child) => sum + child.raw.length, 0) !== length) malformed("bad length")
  return { tagClass: tagClass - 1, tag, constructed, raw, content: raw.subarray(header), children }
}

/** Reads exactly one value. Throws `Malformed`. */
export const readDer = (bytes: Uint8Array): DerNode => {
  if (bytes.length > sizeLimit) return malformed("too large")
  // asn1js takes faster roads for plain arrays than for Node's buffers, and leaves the bytes alone.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { offset, result } = fromBER(view, limits)
  if (offset === -1 || result.error !== "") return malformed(result.error === "" ? "not ASN.1" : result.error)
  if (offset !== bytes.length) return malformed("trailing data")
  return toNode(result)
}

/** Whether the value has this universal tag, in the form the tag demands. */
export const isUniversal = (node: DerNode, tag: number): boolean =>
  node.tagClass === TagClass.universal &&
  node.tag === tag &&
  node.constructed === (tag === Tag.sequence || tag === Tag.set)

/** The value when it is of this universal type. Throws `Malformed`. */
export const expectTag = (node: DerNode | undefined, tag: number, what: string): DerNode =>
  node !== undefined && isUniversal(node, tag) ? node : malformed(`malformed ${what}`)

/** An object identifier in dotted form. Throws `Malformed`. */
export const oidOf = (node: DerNode | undefined, what: string): string => {
  const { content } = expectTag(node, Tag.oid, what)
  const arcs: Array<bigint> = []
  let arc = 0n
  let fresh = true
  for (const byte of content) {
    if (fresh && byte === 0x80) malformed(`malformed ${what}`)
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    fresh = byte < 0x80
    if (fresh) {
      if (arcs.length > 0) arcs.push(arc)
      else arcs.push(...(arc < 40n ? [0n, arc] : arc < 80n ? [1n, arc - 40n] : [2n, arc - 80n]))
      arc = 0n
    }
  }
  return fresh && arcs.length > 0 && content.length <= 64 ? arcs.join(".") : malformed(`malformed ${what}`)
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
