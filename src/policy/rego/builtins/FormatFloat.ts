/** Doubles as Go writes them. The magnitude is never negative. */

/** `1.5e+06`: an exponent of at least two digits. */
export const exponential = (magnitude: number, precision: number): string =>
  magnitude.toExponential(Math.min(100, precision)).replace(/e([+-])(\d)$/, "e$10$2")

/** The digits of an exact double: `toFixed` turns to exponents above 1e21. */
export const fixed = (magnitude: number, precision: number): string => {
  const digits = Math.min(100, precision)
  if (magnitude < 1e21) return magnitude.toFixed(digits)
  return `${BigInt(magnitude)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`
}

/** The shortest text that reads back as the same double, with an exponent below 1e-4 and from 1e21 on. */
export const general = (magnitude: number, precision: number | undefined, keepZeros: boolean): string => {
  if (magnitude === 0) return "0"
  const scientific =
    precision === undefined ? magnitude.toExponential() : magnitude.toExponential(Math.max(0, precision - 1))
  const [mantissa = "", power = "0"] = scientific.split("e")
  const exponent = Number(power)
  const digits = mantissa.replace(".", "")
  const most = precision === undefined ? 21 : precision === 0 ? 1 : precision
  const trimmed = keepZeros ? digits : digits.replace(/0+$/, "") || "0"
  if (exponent < -4 || exponent >= most) {
    const fraction = trimmed.length > 1 ? `.${trimmed.slice(1)}` : ""
    const size = String(Math.abs(exponent)).padStart(2, "0")
    return `${trimmed.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${trimmed}`
  const whole = trimmed.slice(0, exponent + 1).padEnd(exponent + 1, "0")
  const fraction = trimmed.slice(exponent + 1)
  return fraction === "" ? whole : `${whole}.${fraction}`
}
