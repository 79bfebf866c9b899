/** Built-ins over arrays. */
import { any, arrayOf, number } from "../Type.ts"
import { isArray, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const list = arrayOf(any)

/** The array with the members of inner arrays, at any depth, in their place. */
const flatten = (array: ReadonlyArray<Value>, context: BuiltinContext): ReadonlyArray<Value> => {
  const result: Array<Value> = []
  // An explicit stack: data may be nested deeper than JavaScript's calls.
  const stack: Array<Iterator<Value>> = [array[Symbol.iterator]()]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    context.budget.spend(1)
    const next = top.next()
    if (next.done === true) stack.pop()
    else if (isArray(next.value)) stack.push(next.value[Symbol.iterator]())
    else result.push(next.value)
  }
  return result
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
