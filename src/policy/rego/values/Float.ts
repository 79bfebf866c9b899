/**
 * Binary floating point with a mantissa of 64 bits, rounded half to even: what Rego's arithmetic computes in when a
 * number has a fraction. Integers are computed exactly and never come here but to be divided.
 */
import { Decimal, fromBigInt, parseNumber, type RegoNumber } from "./Decimal.ts"

/** The value is `mantissa * 2 ** exponent`. */
export interface Float {
  readonly mantissa: bigint
  readonly exponent: number
}

const precision = 64
/** Decimal exponents beyond this are not computed with. */
const largestExponent = 20_000

const bits = (magnitude: bigint): number => {
  const hex = magnitude.toString(16)
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)))
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/** Rounds to 64 bits; `inexact` says that a non-zero rest was already cut off below the mantissa. */
const round = (mantissa: bigint, exponent: number, inexact: boolean): Float => {
  if (mantissa === 0n) return { mantissa: 0n, exponent: 0 }
  const magnitude = absolute(mantissa)
  const excess = bits(magnitude) - precision
  if (excess <= 0) return { mantissa, exponent }
  const shift = BigInt(excess)
  let kept = magnitude >> shift
  const rest = magnitude - (kept << shift)
  const half = 1n << (shift - 1n)
  if (rest > half || (rest === half && (inexact || (kept & 1n) === 1n))) kept += 1n
  return { mantissa: mantissa < 0n ? -kept : kept, exponent: exponent + excess }
}

/** The rounded quotient of two integers. */
const ratio = (numerator: bigint, denominator: bigint, exponent: number): Float => {
  const [top, bottom] = [absolute(numerator), absolute(denominator)]
  const shift = Math.max(0, precision + 2 + bits(bottom) - bits(top))
  const scaled = top << BigInt(shift)
  const quotient = scaled / bottom
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n
  return round(sign * ((quotient << 1n) | (scaled % bottom === 0n ? 0n : 1n)), exponent - shift - 1, false)
}

/** Undefined when the number's exponent is too large to compute with. */
export const toFloat = (value: RegoNumber): Float | undefined => {
  if (typeof value === "number") return { mantissa: BigInt(value), exponent: 0 }
  const { coefficient, exponent } = value.parts
  if (Math.abs(exponent) > largestExponent) return undefined
  if (coefficient === 0n) return { mantissa: 0n, exponent: 0 }
  return exponent >= 0
    ? round(coefficient * 10n ** BigInt(exponent), 0, false)
    : ratio(coefficient, 10n ** BigInt(-exponent), 0)
}

export const addFloats = (a: Float, b: Float): Float => {
  const exponent = Math.min(a.exponent, b.exponent)
  const left = a.mantissa << BigInt(a.exponent - exponent)
  return round(left + (b.mantissa << BigInt(b.exponent - exponent)), exponent, false)
}

export const negate = (a: Float): Float => ({ mantissa: -a.mantissa, exponent: a.exponent })

export const multiplyFloats = (a: Float, b: Float): Float =>
  round(a.mantissa * b.mantissa, a.exponent + b.exponent, false)

/** The divisor is not zero. */
export const divideFloats = (a: Float, b: Float): Float =>
  a.mantissa === 0n ? a : ratio(a.mantissa, b.mantissa, a.exponent - b.exponent)

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** The fewest digits that lie nearer to the value than to its neighbours, with their decimal exponent. */
const shortest = (magnitude: bigint, exponent: number): { readonly digits: string; readonly power: number } => {
  // Widen to the full precision, so that the neighbours are half a unit away.
  const widen = Math.max(0, precision - bits(magnitude))
  const mantissa = magnitude << BigInt(widen)
  const scale = exponent - widen
  // Doubled, and quadrupled below a power of two, where the lower neighbour is nearer.
  const isPower = mantissa === 1n << BigInt(precision - 1)
  const unit = isPower ? 4n : 2n
  const even = (mantissa & 1n) === 0n
  const base = scale >= 0 ? 1n << BigInt(scale) : 1n
  const denominator = (scale >= 0 ? 1n : 1n << BigInt(-scale)) * unit
  const value = mantissa * unit * base
  const upper = value + (unit / 2n) * base
  const lower = value - (isPower ? 1n : unit / 2n) * base
  const guess = Math.floor((bits(mantissa) + scale) * Math.log10(2)) + 1
  for (let power = guess; ; power--) {
    // Integers n with lower <= n * 10^power <= upper (strictly inside unless the mantissa is even).
    const ten = 10n ** BigInt(Math.abs(power))
    const [numerator, divisor] = power >= 0 ? [1n, denominator * ten] : [ten, denominator]
    let first = divideUp(lower * numerator, divisor)
    let last = (upper * numerator) / divisor
    if (!even) {
      if (first * divisor === lower * numerator) first += 1n
      if (last * divisor === upper * numerator) last -= 1n
    }
    if (first > last || last <= 0n) continue
    const exact = (value * numerator * 2n + divisor) / (divisor * 2n)
    const chosen = exact < first ? first : exact > last ? last : exact
    const text = chosen.toString()
    const digits = text.replace(/0+$/, "")
    return { digits, power: power + text.length - digits.length }
  }
}

/** The number with the shortest digits that denote this float; integers are written out in full. */
export const fromFloat = (value: Float): RegoNumber => {
  const { mantissa, exponent } = value
  if (mantissa === 0n) return 0
  if (exponent >= 0) return fromBigInt(mantissa << BigInt(exponent))
  const whole = mantissa >> BigInt(-exponent)
  if (whole << BigInt(-exponent) === mantissa) return fromBigInt(whole)
  const { digits, power } = shortest(absolute(mantissa), exponent)
  const sign = mantissa < 0n ? "-" : ""
  const point = digits.length + power
  let text: string
  if (point - 1 < -4 || point - 1 >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ""
    const magnitude = String(Math.abs(point - 1)).padStart(2, "0")
    text = `${digits.charAt(0)}${fraction}e${point - 1 < 0 ? "-" : "+"}${magnitude}`
  } else if (point <= 0) text = `0.${"0".repeat(-point)}${digits}`
  else if (point >= digits.length) text = digits.padEnd(point, "0")
  else text = `${digits.slice(0, point)}.${digits.slice(point)}`
  return parseNumber(sign + text) ?? new Decimal("0")
}

/** Rounds to an integer: "down" and "up" to the next one, "nearest" with halves away from zero. */
export const roundFloat = (value: Float, direction: "down" | "up" | "nearest"): bigint => {
  if (value.exponent >= 0) return value.mantissa << BigInt(value.exponent)
  const shift = BigInt(-value.exponent)
  if (direction === "down") return value.mantissa >> shift
  if (direction === "up") return -(-value.mantissa >> shift)
  const magnitude = (absolute(value.mantissa) + (1n << (shift - 1n))) >> shift
  return value.mantissa < 0n ? -magnitude : magnitude
}
