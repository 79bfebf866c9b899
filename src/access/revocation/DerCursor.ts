/**
 * Strict DER headers without an object for each value: revocation lists have up to millions of them. The rules are those of
 * `Der.ts`; lengths have up to four bytes.
 */
import { malformed } from "../Der.ts"

/** The first bytes of values as they stand in lists. */
export const Identifier = {
  integer: 0x02,
  bitString: 0x03,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  explicit0: 0xa0
} as const

/** Reads one header at a time; its fields describe the value that was read last. */
export class DerCursor {
  readonly bytes: Uint8Array
  /** The first byte of the value. */
  identifier = 0
  /** Where the content begins and ends. */
  from = 0
  to = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Reads the header at `position` of a value that ends at `end` or before. Throws `Malformed`. */
  read(position: number, end: number): void {
    const { bytes } = this
    const identifier = bytes[position]
    const short = bytes[position + 1]
    if (identifier === undefined || short === undefined || position + 2 > end) return malformed("truncated")
    if ((identifier & 0x1f) === 0x1f) return malformed("unsupported tag")
    let length = short
    let from = position + 2
    if (short >= 0x80) {
      const count = short & 0x7f
      if (count === 0 || count > 4 || from + count > end) return malformed("unsupported length")
      length = 0
      for (let index = 0; index < count; index++) length = length * 256 + (bytes[from + index] ?? 0)
      if (length < 0x80 || length < 256 ** (count - 1)) return malformed("not in distinguished encoding")
      from += count
    }
    if (from + length > end) return malformed("truncated")
    this.identifier = identifier
    this.from = from
    this.to = from + length
  }

  /** Reads the header and demands its first byte. Throws `Malformed`. */
  expect(identifier: number, position: number, end: number, what: string): void {
    this.read(position, end)
    if (this.identifier !== identifier) malformed(`malformed ${what}`)
  }

  /** Whether a value with this first byte begins here. */
  isAt(identifier: number, position: number, end: number): boolean {
    return position < end && this.bytes[position] === identifier
  }
}
