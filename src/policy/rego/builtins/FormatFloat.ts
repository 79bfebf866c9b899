/** Doubles as Go writes them: exact digits, and halves rounded to even. The magnitude is never negative. */

/** More digits than these are never written. */
const mostDigits = 1_100

/** The double as `numerator / denominator`. */
const ratio = (magnitude: number): readonly [numerator: bigint, denominator: bigint] => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, magnitude)
  const word = bits.getBigUint64(0)
  const biased = Number((word >> 52n) & 0x7ffn)
  const fraction = word & 0xf_ffff_ffff_ffffn
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  const exponent = (biased === 0 ? 1 : biased) - 1075
  return exponent >= 0 ? [mantissa << BigInt(exponent), 1n] : [mantissa, 1n << BigInt(-exponent)]
}

/** The integer next to `magnitude * 10 ** power`. */
const scaled = (magnitude: number, power: number): bigint => {
  const [numerator, denominator] = ratio(magnitude)
  const top = power >= 0 ? numerator * 10n ** BigInt(power) : numerator
  const bottom = power >= 0 ? denominator : denominator * 10n ** BigInt(-power)
  const quotient = top / bottom
  const rest = (top % bottom) * 2n
  return rest > bottom || (rest === bottom && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

/** The first `count` digits, and the power of ten of the first one. */
const leading = (magnitude: number, count: number): readonly [digits: string, exponent: number] => {
  if (magnitude === 0) return ["0".repeat(count), 0]
  const exponent = Number(magnitude.toExponential().split("e")[1])
  const digits = scaled(magnitude, count - 1 - exponent).toString()
  return digits.length > count ? [digits.slice(0, count), exponent + 1] : [digits, exponent]
}

const withExponent = (digits: string, exponent: number): string => {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ""
  const size = String(Math.abs(exponent)).padStart(2, "0")
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`
}

/** `1.5e+06`: so many digits after the point, and an exponent of at least two. */
export const exponential = (magnitude: number, precision: number): string =>
  withExponent(...leading(magnitude, Math.min(mostDigits, precision) + 1))

/** So many digits after the point, and no exponent. */
export const fixed = (magnitude: number, precision: number): string => {
  const places = Math.min(mostDigits, precision)
  const digits = scaled(magnitude, places)
    .toString()
    .padStart(places + 1, "0")
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/**
 * So many digits in all, or as few as read back as the same double; with an exponent when it is below -4 or there are not
 * enough digits to reach the point.
 */
export const general = (magnitude: number, precision: number | undefined, keepZeros: boolean): string => {
  if (magnitude === 0) return "0"
  const count = precision === undefined ? undefined : Math.min(mostDigits, Math.max(1, precision))
  const [mantissa = "", power = "0"] = magnitude.toExponential().split("e")
  const [all, exponent] = count === undefined ? [mantissa.replace(".", ""), Number(power)] : leading(magnitude, count)
  const digits = keepZeros ? all : all.replace(/(?!^)0+$/, "")
  if (exponent < -4 || exponent >= (count ?? 21)) return withExponent(digits, exponent)
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0")
  const fraction = digits.slice(exponent + 1)
  return fraction === "" ? whole : `${whole}.${fraction}`
}
