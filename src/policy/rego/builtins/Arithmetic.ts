/** Arithmetic. Integers are exact at any size; with a fraction, numbers are computed in 64 bits of mantissa. */
import { any, number, oneOf, setOfType } from "../Type.ts"
import { setOfTable } from "../values/Collections.ts"
import { fromBigInt, type RegoNumber, toBigInt } from "../values/Decimal.ts"
import {
  addFloats,
  divideFloats,
  type Float,
  fromFloat,
  multiplyFloats,
  negate,
  roundFloat,
  toFloat
} from "../values/Float.ts"
import type { Key, Value } from "../values/Value.ts"
import { isNumber, isSet } from "../values/Value.ts"
import { type Builtin, BuiltinError, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

/** The largest integers computed with, in bits: far beyond any identifier, small enough to multiply quickly. */
const widestInteger = 1 << 16

const fail = (name: string, message: string): never => {
  throw new BuiltinError("builtin", `${name}: ${message}`)
}

const float = (name: string, value: RegoNumber): Float => toFloat(value) ?? fail(name, "number too large")

type Exact = (a: bigint, b: bigint) => bigint

const operate =
  (small: (a: number, b: number) => number, exact: Exact, floating: (a: Float, b: Float) => Float) =>
  (name: string, a: RegoNumber, b: RegoNumber): RegoNumber => {
    if (typeof a === "number" && typeof b === "number") {
      const result = small(a, b)
      if (Number.isSafeInteger(result)) return result + 0
    }
    const [left, right] = [toBigInt(a), toBigInt(b)]
    if (left === undefined || right === undefined) return fromFloat(floating(float(name, a), float(name, b)))
    const result = exact(left, right)
    return BigInt.asIntN(widestInteger, result) === result ? fromBigInt(result) : fail(name, "number too large")
  }

export const add = operate(
  (a, b) => a + b,
  (a, b) => a + b,
  addFloats
)

export const subtract = operate(
  (a, b) => a - b,
  (a, b) => a - b,
  (a, b) => addFloats(a, negate(b))
)

export const multiply = operate(
  (a, b) => a * b,
  (a, b) => a * b,
  multiplyFloats
)

const divide = (name: string, a: RegoNumber, b: RegoNumber): RegoNumber => {
  if (typeof a === "number" && typeof b === "number" && b !== 0 && Number.isInteger(a / b)) return a / b + 0
  const divisor = float(name, b)
  if (divisor.mantissa === 0n) return fail(name, "divide by zero")
  return fromFloat(divideFloats(float(name, a), divisor))
}

const remainder = (name: string, a: RegoNumber, b: RegoNumber): RegoNumber => {
  if (typeof a === "number" && typeof b === "number" && b !== 0) return (a % b) + 0
  const [left, right] = [toBigInt(a), toBigInt(b)]
  if (left === undefined || right === undefined) return fail(name, "modulo on floating-point number")
  return right === 0n ? fail(name, "modulo by zero") : fromBigInt(left % right)
}

const difference = (name: string, args: ReadonlyArray<Value>, spend: (steps: number) => void): Value => {
  const [a, b] = [args[0] ?? null, args[1] ?? null]
  if (isNumber(a) && isNumber(b)) return subtract(name, a, b)
  const operands = new Operands(name, args)
  if (isSet(a) && isSet(b)) {
    spend(a.size)
    return setOfTable(new Map<Key, Value>([...a.members].filter(([key]) => !b.members.has(key))))
  }
  if (!isNumber(a) && !isSet(a)) return operands.wrong(1, "one of {number, set}")
  return operands.wrong(2, isSet(a) ? "set" : "number")
}

const operator = (
  name: string,
  infix: string,
  compute: (name: string, a: RegoNumber, b: RegoNumber) => RegoNumber
): Builtin => ({
  name,
  infix,
  args: [number, number],
  result: number,
  call: (args) => {
    const operands = new Operands(name, args)
    return compute(name, operands.number(1), operands.number(2))
  }
})

const numberOrSet = oneOf(number, setOfType(any))

const rounded = (name: string, direction: "down" | "up" | "nearest"): Builtin =>
  define(name, [number], number, (args) => {
    const value = new Operands(name, args).number(1)
    return toBigInt(value) === undefined ? fromBigInt(roundFloat(float(name, value), direction)) : value
  })

export const arithmetic: ReadonlyArray<Builtin> = [
  operator("plus", "+", add),
  operator("mul", "*", multiply),
  operator("div", "/", divide),
  operator("rem", "%", remainder),
  {
    name: "minus",
    infix: "-",
    args: [numberOrSet, numberOrSet],
    result: numberOrSet,
    call: (args, context) => difference("minus", args, (steps) => context.budget.spend(steps))
  },
  rounded("round", "nearest"),
  rounded("ceil", "up"),
  rounded("floor", "down"),
  define("abs", [number], number, (args) => {
    const value = new Operands("abs", args).number(1)
    return compareToZero(value) < 0 ? subtract("abs", 0, value) : value
  })
]

const compareToZero = (value: RegoNumber): number =>
  typeof value === "number" ? value : Number(value.parts.coefficient > 0n) - Number(value.parts.coefficient < 0n)
