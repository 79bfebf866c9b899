/** Values of ASN.1, written as DER and in the many ways that BER allows. */
import fc from "fast-check"
import { type DerNode, readDer, Tag } from "../../../src/access/Der.ts"

/** How a writer of BER chooses: numbers from 0 up to a limit. */
export type Choice = (limit: number) => number

const lengthOf = (length: number, choose: Choice): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  const padded = [...Array.from({ length: choose(3) }, () => 0), ...bytes]
  return length < 0x80 && choose(2) === 0
    ? [length]
    : [0x80 | Math.max(1, padded.length), ...(padded.length === 0 ? [0] : padded)]
}

const constructed = (tag: number, content: Uint8Array, choose: Choice): Uint8Array =>
  choose(2) === 0
    ? Buffer.concat([Uint8Array.from([tag | 0x20, 0x80]), content, Uint8Array.from([0, 0])])
    : Buffer.concat([Uint8Array.from([tag | 0x20, ...lengthOf(content.length, choose)]), content])

/** A primitive string, whole or in segments, which may be in segments themselves. */
const octets = (tag: number, content: Uint8Array, choose: Choice, depth: number): Uint8Array => {
  if (depth === 0 || choose(2) === 0) {
    return Buffer.concat([Uint8Array.from([tag, ...lengthOf(content.length, choose)]), content])
  }
  const cut = choose(content.length + 1)
  const parts = [content.subarray(0, cut), content.subarray(cut)]
  return constructed(tag, Buffer.concat(parts.map((part) => octets(Tag.octetString, part, choose, depth - 1))), choose)
}

/** The same value in BER, somehow. */
export const berOf = (node: DerNode, choose: Choice): Uint8Array => {
  const first = node.raw[0] ?? 0
  if (node.constructed) {
    return constructed(first & ~0x20, Buffer.concat(node.children.map((child) => berOf(child, choose))), choose)
  }
  // `[0] IMPLICIT OCTET STRING`, which only encrypted content is.
  const isContent = node.tagClass === 2 && node.tag === 0 && node.content.length > 0
  if (first === Tag.octetString || isContent) return octets(first, node.content, choose, 3)
  return Buffer.concat([Uint8Array.from([first, ...lengthOf(node.content.length, choose)]), node.content])
}

/** A file of DER in BER. */
export const asBer = (der: Uint8Array, choose: Choice): Uint8Array => berOf(readDer(der, der.length), choose)

/** DER values of a few levels. */
export const derValues: fc.Arbitrary<Uint8Array> = fc.letrec<{ value: Uint8Array }>((tie) => {
  const write = (tag: number, content: Uint8Array): Uint8Array => {
    const size = content.length
    const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
    return Buffer.concat([Uint8Array.from([tag, ...length]), content])
  }
  const primitive = fc
    .tuple(fc.constantFrom(1, 2, 4, 6, 12, 0x81), fc.uint8Array({ maxLength: 300 }))
    .map(([tag, content]) => write(tag, content))
  const sequence = fc
    .tuple(fc.constantFrom(0x30, 0x31, 0xa0), fc.array(tie("value"), { maxLength: 4 }))
    .map(([tag, parts]) => write(tag, Buffer.concat(parts)))
  return { value: fc.oneof({ maxDepth: 4 }, primitive, sequence) }
}).value
