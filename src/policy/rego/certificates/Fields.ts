/** How Go's JSON shows what certificates are made of. */
import { parseNumber } from "../values/Decimal.ts"
import type { Value } from "../values/Value.ts"

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** Go's empty lists are null. */
export const nullIfEmpty = (values: ReadonlyArray<Value>): Value => (values.length === 0 ? null : values)

/** An object identifier as its numbers. */
export const oidNumbers = (oid: string): ReadonlyArray<Value> => oid.split(".").map((arc) => parseNumber(arc) ?? 0)

/** An integer of any size, big-endian in two's complement. */
export const integerValue = (bytes: Uint8Array): Value => {
  const magnitude = BigInt(`0x0${Buffer.from(bytes).toString("hex")}`)
  const negative = (bytes[0] ?? 0) >= 0x80
  return parseNumber((negative ? magnitude - (1n << BigInt(8 * bytes.length)) : magnitude).toString()) ?? 0
}

/** The bits of a DER bit string from the first on, as a mask whose lowest bit is the first. */
export const bitMask = (content: Uint8Array): number => {
  let mask = 0
  for (let bit = 0; bit < 9; bit++) {
    const octet = content[1 + (bit >> 3)] ?? 0
    if ((octet & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit
  }
  return mask
}
