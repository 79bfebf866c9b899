/** Java's `DataOutput` format, read with every bound checked. The methods throw `Malformed`. */
import { malformed } from "../../access/Der.ts"

/** A position in bytes. Numbers are big-endian. */
export class JavaBytes {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.#bytes.length - this.#position
  }

  take(length: number): Buffer {
    if (length > this.left) return malformed("file is truncated")
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  u16(): number {
    return this.take(2).readUInt16BE()
  }

  u32(): number {
    return this.take(4).readUInt32BE()
  }

  /** Bytes behind their length in four bytes. */
  block(): Buffer {
    return this.take(this.u32())
  }

  /** Modified UTF-8 behind its length in two bytes: UTF-16 units of one to three bytes each. */
  text(): string {
    const bytes = this.take(this.u16())
    const more = (index: number): number => {
      const byte = bytes[index] ?? 0
      return (byte & 0xc0) === 0x80 ? byte & 0x3f : malformed("malformed text")
    }
    let text = ""
    for (let i = 0; i < bytes.length; ) {
      const byte = bytes[i] ?? 0
      if (byte < 0x80) {
        text += String.fromCharCode(byte)
        i += 1
      } else if (byte >> 5 === 0b110) {
        text += String.fromCharCode(((byte & 0x1f) << 6) | more(i + 1))
        i += 2
      } else if (byte >> 4 === 0b1110) {
        text += String.fromCharCode(((byte & 0x0f) << 12) | (more(i + 1) << 6) | more(i + 2))
        i += 3
      } else return malformed("malformed text")
    }
    return text
  }
}
