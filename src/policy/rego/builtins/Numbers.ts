/** Ranges, bits and random numbers. */
import { arrayOf, number, string } from "../Type.ts"
import { fromBigInt } from "../values/Decimal.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const range = (first: bigint, last: bigint, step: bigint, context: BuiltinContext): ReadonlyArray<Value> => {
  const distance = last > first ? last - first : first - last
  const count = distance / step + 1n
  const size = Number(count)
  context.budget.allocate(size)
  context.budget.spend(size)
  const by = last >= first ? step : -step
  return Array.from({ length: size }, (_, index) => fromBigInt(first + by * BigInt(index)))
}

const ranges: ReadonlyArray<Builtin> = [
  define("numbers.range", [number, number], arrayOf(number), (args, context) => {
    const operands = new Operands("numbers.range", args)
    return range(operands.bigInt(1), operands.bigInt(2), 1n, context)
  }),
  define("numbers.range_step", [number, number, number], arrayOf(number), (args, context) => {
    const operands = new Operands("numbers.range_step", args)
    const [first, last, step] = [operands.bigInt(1), operands.bigInt(2), operands.bigInt(3)]
    return step > 0n ? range(first, last, step, context) : operands.fail("step must be a positive integer")
  })
]

const bitwise = (name: string, combine: (a: bigint, b: bigint) => bigint): Builtin =>
  define(name, [number, number], number, (args) => {
    const operands = new Operands(name, args)
    return fromBigInt(combine(operands.bigInt(1), operands.bigInt(2)))
  })

/** The widest result of a shift to the left, in bits. */
const widestShift = 1n << 20n

const shift = (name: string, move: (value: bigint, places: bigint) => bigint): Builtin =>
  define(name, [number, number], number, (args, context) => {
    const operands = new Operands(name, args)
    const [value, places] = [operands.bigInt(1), operands.bigInt(2)]
    if (places < 0n) return operands.wrong(2, "an unsigned integer number", "a negative integer")
    if (places > widestShift) return operands.fail("shifted too far")
    context.budget.allocate(Number(places >> 3n))
    return fromBigInt(move(value, places))
  })

const bits: ReadonlyArray<Builtin> = [
  bitwise("bits.and", (a, b) => a & b),
  bitwise("bits.or", (a, b) => a | b),
  bitwise("bits.xor", (a, b) => a ^ b),
  define("bits.negate", [number], number, (args) => fromBigInt(~new Operands("bits.negate", args).bigInt(1))),
  shift("bits.lsh", (value, places) => value << places),
  shift("bits.rsh", (value, places) => value >> places)
]

/** The same text and bound give the same number throughout an evaluation. */
const randomBelow = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("rand.intn", args)
  const [seed, bound] = [operands.string(1), Math.abs(operands.integer(2))]
  if (bound === 0) return 0
  return context.once("rand.intn", `${bound} ${seed}`, () => Math.floor(context.random() * bound))
}

export const numbers: ReadonlyArray<Builtin> = [
  ...ranges,
  ...bits,
  define("rand.intn", [string, number], number, randomBelow)
]
