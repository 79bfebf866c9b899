/** Exact divisibility of decimal numbers. */
import type { RegoNumber } from "../values/Decimal.ts"

/** Exponents further apart are not worked with. */
const widest = 4_000

const parts = (value: RegoNumber) =>
  typeof value === "number" ? { coefficient: BigInt(value), exponent: 0 } : value.parts

/** Whether the value is a multiple of the other one. */
export const remainderIsZero = (value: RegoNumber, of: RegoNumber): boolean => {
  const [a, b] = [parts(value), parts(of)]
  if (b.coefficient === 0n) return false
  const shift = a.exponent - b.exponent
  if (Math.abs(shift) > widest) return shift > 0
  return shift >= 0
    ? (a.coefficient * 10n ** BigInt(shift)) % b.coefficient === 0n
    : a.coefficient % (b.coefficient * 10n ** BigInt(-shift)) === 0n
}
