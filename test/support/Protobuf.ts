/** The protobuf wire format, read by field numbers (protobuf.dev, "Encoding"): knows nothing of what wrote it. */

/** Numbers as they stand on the wire: a varint, eight or four bytes, or a length-delimited field. */
export type Value = bigint | Uint8Array

/** A message: the values of each field in order. */
export class Message {
  readonly #fields = new Map<number, Array<Value>>()

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    const varint = (): bigint => {
      let value = 0n
      for (let shift = 0n; ; shift += 7n) {
        const byte = view.getUint8(at++)
        value |= BigInt(byte & 0x7f) << shift
        if (byte < 0x80) return BigInt.asUintN(64, value)
        if (shift > 63n) throw new Error("a varint of more than ten bytes")
      }
    }
    const take = (length: number): Uint8Array => {
      if (at + length > bytes.length) throw new Error(`${length} bytes at ${at} of ${bytes.length}`)
      at += length
      return bytes.subarray(at - length, at)
    }
    while (at < bytes.length) {
      const key = Number(varint())
      const value = this.#value(key & 7, varint, take)
      const field = this.#fields.get(key >> 3)
      if (field === undefined) this.#fields.set(key >> 3, [value])
      else field.push(value)
    }
  }

  #value(wire: number, varint: () => bigint, take: (length: number) => Uint8Array): Value {
    if (wire === 0) return varint()
    if (wire === 1) return take(8)
    if (wire === 2) return take(Number(varint()))
    if (wire === 5) return take(4)
    throw new Error(`wire type ${wire}`)
  }

  has(field: number): boolean {
    return this.#fields.has(field)
  }

  all(field: number): ReadonlyArray<Value> {
    return this.#fields.get(field) ?? []
  }

  bytes(field: number): Uint8Array {
    const value = this.all(field).at(-1) ?? new Uint8Array()
    if (typeof value === "bigint") throw new Error(`field ${field} is a number`)
    return value
  }

  messages(field: number): ReadonlyArray<Message> {
    return this.all(field).map((value) => {
      if (typeof value === "bigint") throw new Error(`field ${field} is a number`)
      return new Message(value)
    })
  }

  message(field: number): Message {
    return new Message(this.bytes(field))
  }

  text(field: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(field))
  }

  hex(field: number): string {
    return Buffer.from(this.bytes(field)).toString("hex")
  }

  varint(field: number): bigint {
    const value = this.all(field).at(-1) ?? 0n
    if (typeof value !== "bigint") throw new Error(`field ${field} is no varint`)
    return value
  }

  double(field: number): number {
    return doubleOf(this.bytes(field))
  }

  fixed64(field: number): bigint {
    return fixedOf(this.bytes(field))
  }

  /** Repeated numbers of eight bytes, packed or not. */
  eights(field: number): ReadonlyArray<Uint8Array> {
    return this.all(field).flatMap((value) => {
      if (typeof value === "bigint") throw new Error(`field ${field} is a varint`)
      return Array.from({ length: value.length / 8 }, (_, index) => value.subarray(index * 8, index * 8 + 8))
    })
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
export const doubleOf = (bytes: Uint8Array): number => viewOf(bytes).getFloat64(0, true)
export const fixedOf = (bytes: Uint8Array): bigint => viewOf(bytes).getBigUint64(0, true)
