/** Certificates that no sane authority issues: built byte by byte, signed by nobody. */

/** One value: a tag and its content, which may be values itself. */
export const tlv = (
  tag: number,
  ...parts: ReadonlyArray<Uint8Array | ReadonlyArray<number>>
): Uint8Array<ArrayBuffer> => {
  const content = parts.flatMap((part) => [...part])
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Uint8Array.from([tag, ...length, ...content])
}

/** A string value. */
export const text = (tag: number, value: string | Uint8Array) => tlv(tag, Buffer.from(value))

/** An object identifier. */
export const oid = (dotted: string): Uint8Array<ArrayBuffer> => {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number)
  const septets = [first * 40 + second, ...arcs].map((arc) => {
    const bytes = [arc & 0x7f]
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest & 0x7f) | 0x80)
    return bytes
  })
  return tlv(6, septets.flat())
}

const ecdsaWithSha256 = tlv(0x30, oid("1.2.840.10045.4.3.2"))
const p256 = tlv(0x30, oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"))

/** A subject of one attribute a set, the values as already encoded strings. */
export const name = (...attributes: ReadonlyArray<readonly [type: string, value: Uint8Array]>) =>
  tlv(0x30, ...attributes.map(([type, value]) => tlv(0x31, tlv(0x30, oid(type), value))))

/** An extension, not critical. */
export const extension = (id: string, value: Uint8Array) => tlv(0x30, oid(id), tlv(4, value))

/** What can be replaced. */
export interface Parts {
  readonly version?: Uint8Array
  readonly serial?: Uint8Array
  readonly innerAlgorithm?: Uint8Array
  readonly subject?: Uint8Array
  readonly validity?: Uint8Array
  readonly key?: Uint8Array
  /** Between the key and the end of the signed part. */
  readonly tail?: ReadonlyArray<Uint8Array>
  readonly signature?: Uint8Array
}

/** A certificate, well formed but for the parts given. */
export const craft = (parts: Parts = {}): Uint8Array<ArrayBuffer> =>
  tlv(
    0x30,
    tlv(
      0x30,
      parts.version ?? tlv(0xa0, tlv(2, [2])),
      parts.serial ?? tlv(2, [1]),
      parts.innerAlgorithm ?? ecdsaWithSha256,
      name(["2.5.4.3", text(0x0c, "issuer")]),
      parts.validity ?? tlv(0x30, text(0x17, "250101000000Z"), text(0x18, "20600101000000Z")),
      parts.subject ?? name(["2.5.4.3", text(0x0c, "subject")]),
      parts.key ?? tlv(0x30, p256, tlv(3, [0, 4, 1, 2])),
      ...(parts.tail ?? [])
    ),
    ecdsaWithSha256,
    parts.signature ?? tlv(3, [0, 1, 2, 3])
  )

/** The signed part's extension list. */
export const extensions = (...list: ReadonlyArray<Uint8Array>) => tlv(0xa3, tlv(0x30, ...list))

/** The extension with these alternative names, each a tag with its content. */
export const altNames = (...names: ReadonlyArray<Uint8Array>) => extension("2.5.29.17", tlv(0x30, ...names))
