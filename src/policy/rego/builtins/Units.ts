/** Amounts with units: `10Ki`, `1.5G`, `200m`, `2GiB`. Exact: no digit is lost before the result. */
import { number, string } from "../Type.ts"
import { Decimal, fromBigInt, parseNumber, type RegoNumber } from "../values/Decimal.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

const times = (value: bigint): Ratio => ({ numerator: value, denominator: 1n })

const powers = ["k", "m", "g", "t", "p", "e"] as const

const decimal = powers.map((unit, index) => [unit, 1000n ** BigInt(index + 1)] as const)
const binary = powers.map((unit, index) => [`${unit}i`, 1024n ** BigInt(index + 1)] as const)

/** Units in lower case; only `m` and `M` differ. */
const amounts = new Map<string, Ratio>([
  ["", times(1n)],
  ...[...decimal, ...binary].map(([unit, value]) => [unit, times(value)] as const)
])

const bytes = new Map<string, Ratio>([
  ["", times(1n)],
  ...decimal.flatMap(([unit, value]) => [[unit, times(value)] as const, [`${unit}b`, times(value)] as const]),
  ...binary.flatMap(([unit, value]) => [[unit, times(value)] as const, [`${unit}b`, times(value)] as const])
])

const milli: Ratio = { numerator: 1n, denominator: 1000n }

const unquoted = (text: string): string => text.replaceAll('"', "")

/** A number's text and what follows it. An `e` belongs to the number when digits follow it. */
const parts = (text: string): readonly [amount: string, unit: string] => {
  const amount = /^[-+]?[\d.]*(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? ""
  return [amount, text.slice(amount.length)]
}

const amountSyntax = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/

/** The exact value of a decimal number. */
const ratioOf = (text: string): Ratio | undefined => {
  const found = amountSyntax.exec(text)
  if (found === null) return undefined
  const [, sign = "", whole = "", fraction = "", power = "0"] = found
  if (whole === "" && fraction === "") return undefined
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n)
  const exponent = Number(power) - fraction.length
  return exponent >= 0
    ? times(digits * 10n ** BigInt(exponent))
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) }
}

const product = (a: Ratio, b: Ratio): Ratio => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator
})

/** How many digits after the point a result has at most. */
const places = 10

const rounded = ({ denominator, numerator }: Ratio): RegoNumber => {
  if (numerator % denominator === 0n) return fromBigInt(numerator / denominator)
  const magnitude = numerator < 0n ? -numerator : numerator
  const scaled = (magnitude * 10n ** BigInt(places) * 2n + denominator) / (denominator * 2n)
  const digits = scaled.toString().padStart(places + 1, "0")
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "")
  return parseNumber(`${numerator < 0n ? "-" : ""}${text}`) ?? new Decimal("0")
}

const parse = (args: ReadonlyArray<Value>): Value => {
  const operands = new Operands("units.parse", args)
  const text = unquoted(operands.string(1))
  if (text.includes(" ")) return operands.fail("spaces not allowed in resource strings")
  const [amount, unit] = parts(text)
  if (amount === "") return operands.fail("no amount provided")
  const factor = unit === "m" ? milli : amounts.get(unit.toLowerCase())
  if (factor === undefined) return operands.fail(`unit ${unit} not recognized`)
  const value = ratioOf(amount) ?? operands.fail("could not parse amount to a number")
  return rounded(product(value, factor))
}

const parseBytes = (args: ReadonlyArray<Value>): Value => {
  const operands = new Operands("units.parse_bytes", args)
  const text = unquoted(operands.string(1))
  if (text.includes(" ")) return operands.fail("spaces not allowed in resource strings")
  const [amount, unit] = parts(text.toLowerCase())
  if (amount === "") return operands.fail("no byte amount provided")
  const factor = bytes.get(unit)
  if (factor === undefined) return operands.fail(`byte unit ${unit} not recognized`)
  const value = ratioOf(amount) ?? operands.fail("could not parse byte amount to a number")
  const { denominator, numerator } = product(value, factor)
  return fromBigInt(numerator / denominator)
}

export const units: ReadonlyArray<Builtin> = [
  define("units.parse", [string], number, parse),
  define("units.parse_bytes", [string], number, parseBytes)
]
