/**
 * BER as DER (X.690, sections 8.1 and 8.7): EJBCA, Bouncy Castle and NSS write PKCS#12 with indefinite lengths and with octet
 * strings in segments. Only files of the operator's own come here; what peers send is read as strict DER.
 */
import { malformed, Tag, TagClass } from "../../access/Der.ts"

/** Far more than any PKCS#12 file nests. */
const depthLimit = 24

/** A value in DER, and where in the input it ended. */
interface Read {
  readonly der: Uint8Array
  readonly content: Uint8Array
  readonly tag: number
  readonly end: number
}

/** The first byte's bit that tells a constructed value. */
const CONSTRUCTED = 0x20
const endOfContents = { der: new Uint8Array(), content: new Uint8Array(), tag: 0 } as const

const isUniversal = (tag: number) => tag >> 6 === TagClass.universal

/** Types that are primitive in DER, and may come in segments in BER. Bit strings do not occur in PKCS#12 outside of keys. */
const segmented: ReadonlySet<number> = new Set([
  ...[Tag.octetString, Tag.utf8String, Tag.printableString, Tag.t61String, Tag.ia5String, Tag.bmpString]
])

const headerOf = (tag: number, length: number): ReadonlyArray<number> => {
  if (length < 0x80) return [tag, length]
  const bytes: Array<number> = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [tag, 0x80 | bytes.length, ...bytes]
}

const written = (tag: number, content: Uint8Array, end: number): Read => ({
  der: Buffer.concat([Uint8Array.from(headerOf(tag, content.length)), content]),
  content,
  tag,
  end
})

/** The length that starts here and where the content begins; `undefined` for an indefinite one. */
const lengthAt = (bytes: Uint8Array, at: number, end: number): readonly [length: number | undefined, from: number] => {
  const first = bytes[at]
  if (first === undefined || at >= end) return malformed("truncated")
  if (first < 0x80) return [first, at + 1]
  if (first === 0x80) return [undefined, at + 1]
  const from = at + 1 + (first & 0x7f)
  if (from > end) return malformed("truncated")
  let length = 0
  for (let index = at + 1; index < from; index++) length = length * 256 + (bytes[index] ?? 0)
  return length <= end - from ? [length, from] : malformed("truncated")
}

const valueAt = (bytes: Uint8Array, start: number, end: number, depth: number): Read => {
  if (depth > depthLimit) return malformed("nested too deeply")
  const tag = bytes[start] ?? 0
  if ((tag & 0x1f) === 0x1f) return malformed("unsupported tag")
  const [length, from] = lengthAt(bytes, start + 1, end)
  if (tag === 0) return length === 0 ? { ...endOfContents, end: from } : malformed("unsupported tag")
  if ((tag & CONSTRUCTED) === 0) {
    return length === undefined
      ? malformed("unsupported length")
      : written(tag, bytes.subarray(from, from + length), from + length)
  }
  const children: Array<Read> = []
  let position = from
  const stop = length === undefined ? end : from + length
  for (;;) {
    if (position === stop && length !== undefined) break
    const child = valueAt(bytes, position, stop, depth + 1)
    position = child.end
    if (child.tag !== 0) children.push(child)
    else if (length === undefined) break
    else return malformed("unsupported tag")
  }
  const plain = tag & ~CONSTRUCTED
  if (!isUniversal(tag) || !segmented.has(plain)) {
    return written(tag, Buffer.concat(children.map(({ der }) => der)), position)
  }
  // X.690 has segments be octet strings; some writers repeat the string's own type.
  if (children.some((child) => child.tag !== plain && child.tag !== Tag.octetString))
    return malformed("malformed string")
  return written(plain, Buffer.concat(children.map(({ content }) => content)), position)
}

/** The value in DER; DER stays as it is. Reads exactly one value of at most `limit` bytes. Throws `Malformed`. */
export const derOfBer = (bytes: Uint8Array, limit: number): Uint8Array => {
  if (bytes.length > limit) return malformed("too large")
  const { der, end, tag } = valueAt(bytes, 0, bytes.length, 0)
  return end === bytes.length && tag !== 0 ? der : malformed(tag === 0 ? "unsupported tag" : "trailing data")
}
