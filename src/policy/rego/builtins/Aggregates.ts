/** Built-ins over all members of a collection. */
import { any, arrayOf, boolean, mapOf, number, oneOf, setOfType, string } from "../Type.ts"
import { codePoints } from "../values/CodePoints.ts"
import { compare } from "../values/Order.ts"
import { isArray, isNumber, isObject, isSet, typeName, type Value } from "../values/Value.ts"
import { add, multiply } from "./Arithmetic.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const collection = oneOf(setOfType(any), arrayOf(any), mapOf(any, any), string)
const list = oneOf(setOfType(any), arrayOf(any))
const numbers = oneOf(setOfType(number), arrayOf(number))
const booleans = oneOf(setOfType(any), arrayOf(any))

const fold = (name: string, initial: number, combine: typeof add): Builtin =>
  define(name, [numbers], number, (args, context) => {
    const operands = new Operands(name, args)
    let total: ReturnType<typeof add> = initial
    const members = operands.members(1, "one of {set, array}")
    context.budget.spend(members.length)
    for (const member of members) {
      if (!isNumber(member)) {
        const kind = isArray(operands.value(1)) ? "array" : "set"
        return operands.wrong(1, `${kind} of number`, `${kind} containing ${typeName(member)}`)
      }
      total = combine(name, total, member)
    }
    return total
  })

const extreme = (name: string, sign: 1 | -1): Builtin =>
  define(name, [list], any, (args, context) => {
    const value = new Operands(name, args).value(1)
    const members = isSet(value) ? value.members.values() : new Operands(name, args).members(1, "one of {set, array}")
    let best: Value | undefined
    for (const member of members) {
      context.budget.spend(1)
      if (best === undefined || compare(member, best) * sign > 0) best = member
    }
    return best
  })

const count = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("count", args)
  const value = operands.value(1)
  if (typeof value === "string") {
    context.budget.spend(value.length >> 6)
    return codePoints(value)
  }
  if (isArray(value)) return value.length
  return isObject(value) || isSet(value) ? value.size : operands.wrong(1, "one of {array, object, set, string}")
}

const sort = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("sort", args)
  const members = operands.members(1, "one of {set, array}")
  context.budget.spend(members.length)
  return isArray(operands.value(1)) ? [...members].sort(compare) : members
}

const every = (name: string, decide: (members: ReadonlyArray<Value>) => boolean): Builtin =>
  define(name, [booleans], boolean, (args, context) => {
    const members = new Operands(name, args).members(1, "one of {array, set}")
    context.budget.spend(members.length)
    return decide(members)
  })

export const aggregates: ReadonlyArray<Builtin> = [
  define("count", [collection], number, count),
  fold("sum", 0, add),
  fold("product", 1, multiply),
  extreme("max", 1),
  extreme("min", -1),
  define("sort", [list], arrayOf(any), sort),
  every("all", (members) => members.every((member) => member === true)),
  every("any", (members) => members.some((member) => member === true))
]
