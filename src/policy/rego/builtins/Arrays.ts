/** Built-ins over arrays. */
import { any, arrayOf, number } from "../Type.ts"
import { isArray, type RegoArray, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const list = arrayOf(any)

/** The array with the members of the arrays in it in their place; arrays inside of these stay. */
const flatten = (array: RegoArray, context: BuiltinContext): RegoArray => {
  const size = array.reduce<number>((sum, member) => sum + (isArray(member) ? member.length : 1), 0)
  context.budget.allocate(size)
  return array.flatMap((member) => (isArray(member) ? member : [member]))
}

const slice = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("array.slice", args)
  const array = operands.array(1)
  const start = Math.max(0, operands.integer(2))
  const stop = Math.min(array.length, operands.integer(3))
  if (stop <= start) return []
  context.budget.allocate(stop - start)
  return array.slice(start, stop)
}

export const arrays: ReadonlyArray<Builtin> = [
  define("array.concat", [list, list], list, (args, context) => {
    const operands = new Operands("array.concat", args)
    const [left, right] = [operands.array(1), operands.array(2)]
    context.budget.allocate(left.length + right.length)
    return [...left, ...right]
  }),
  define("array.slice", [list, number, number], list, slice),
  define("array.reverse", [list], list, (args, context) => {
    const array = new Operands("array.reverse", args).array(1)
    context.budget.allocate(array.length)
    return array.toReversed()
  }),
  define("array.flatten", [list], list, (args, context) =>
    flatten(new Operands("array.flatten", args).array(1), context)
  )
]
