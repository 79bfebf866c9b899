/**
 * Exact numbers. A number is a JavaScript `number` when it is a safe integer, else a `Decimal`, which keeps the text
 * it was written with and loses no digit.
 */

/** The longest number that is read; longer literals are refused. */
export const longestNumber = 10_000

const numberSyntax = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const smallInteger = /^-?(?:0|[1-9]\d{0,14})$/

export class Decimal {
  readonly kind = "number"
  /** The digits as written, valid JSON. */
  readonly text: string
  #parts: { readonly coefficient: bigint; readonly exponent: number } | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The value is `coefficient * 10 ** exponent`; the coefficient has no trailing zero. */
  get parts(): { readonly coefficient: bigint; readonly exponent: number } {
    return (this.#parts ??= normalize(this.text))
  }

  get isInteger(): boolean {
    return this.parts.exponent >= 0
  }
}

export type RegoNumber = number | Decimal

const normalize = (text: string) => {
  const [mantissa = "", power = "0"] = text.toLowerCase().split("e")
  const [whole = "", fraction = ""] = mantissa.split(".")
  const negative = whole.startsWith("-")
  const digits = `${negative ? whole.slice(1) : whole}${fraction}`.replace(/^0+/, "")
  const significant = digits.replace(/0+$/, "")
  if (significant === "") return { coefficient: 0n, exponent: 0 }
  const magnitude = BigInt(significant)
  return {
    coefficient: negative ? -magnitude : magnitude,
    exponent: Number(power) - fraction.length + (digits.length - significant.length)
  }
}

/** Reads a JSON number; undefined when the text is none, or has more digits than `longestNumber`. */
export const parseNumber = (text: string): RegoNumber | undefined => {
  if (smallInteger.test(text)) return Number(text) + 0
  if (text.length > longestNumber || !numberSyntax.test(text)) return undefined
  const value = /[.eE]/.test(text) ? Number.NaN : Number(text)
  return Number.isSafeInteger(value) ? value + 0 : new Decimal(text)
}

/** The number for an integer of any size. */
export const fromBigInt = (value: bigint): RegoNumber => {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : new Decimal(value.toString())
}

/** The number for a double, with the digits JSON gives it. Undefined for infinities and NaN. */
export const fromDouble = (value: number): RegoNumber | undefined =>
  Number.isSafeInteger(value) ? value + 0 : Number.isFinite(value) ? parseNumber(JSON.stringify(value)) : undefined

export const numberText = (value: RegoNumber): string => (typeof value === "number" ? String(value) : value.text)

export const toDouble = (value: RegoNumber): number => (typeof value === "number" ? value : Number(value.text))

/** Exponents beyond this are not written out as integers. */
const largestExponent = 100_000

/** The integer, or undefined when the number has a fraction (or is too large to be written out). */
export const toBigInt = (value: RegoNumber): bigint | undefined => {
  if (typeof value === "number") return BigInt(value)
  const { coefficient, exponent } = value.parts
  return exponent < 0 || exponent > largestExponent ? undefined : coefficient * 10n ** BigInt(exponent)
}

/** The number as a safe integer, or undefined. */
export const toInteger = (value: RegoNumber): number | undefined => {
  if (typeof value === "number") return value
  const { coefficient, exponent } = value.parts
  if (exponent < 0 || exponent > 15) return undefined
  const small = Number(coefficient) * 10 ** exponent
  return Number.isSafeInteger(small) ? small : undefined
}

const partsOf = (value: RegoNumber) =>
  typeof value === "number" ? { coefficient: BigInt(value), exponent: 0 } : value.parts

const digitsOf = (magnitude: bigint): number => magnitude.toString().length

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. Exact. */
export const compareNumbers = (a: RegoNumber, b: RegoNumber): number => {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [partsOf(a), partsOf(b)]
  const sign = Number(x.coefficient > 0n) - Number(x.coefficient < 0n)
  const other = Number(y.coefficient > 0n) - Number(y.coefficient < 0n)
  if (sign !== other || sign === 0) return sign - other
  const [left, right] = [x.coefficient * BigInt(sign), y.coefficient * BigInt(sign)]
  const scale = digitsOf(left) + x.exponent - digitsOf(right) - y.exponent
  if (scale !== 0) return scale * sign
  // Equal magnitudes: the exponents differ by no more than the digits written.
  const shift = x.exponent - y.exponent
  const difference = shift >= 0 ? left * 10n ** BigInt(shift) - right : left - right * 10n ** BigInt(-shift)
  return difference < 0n ? -sign : difference > 0n ? sign : 0
}

/** The same text or number for numbers that are equal, however they are written. */
export const numberKey = (value: RegoNumber): number | string => {
  if (typeof value === "number") return value
  const small = toInteger(value)
  return small ?? `${value.parts.coefficient}e${value.parts.exponent}`
}
