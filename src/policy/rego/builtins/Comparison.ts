/** Comparisons of any two values in Rego's order, and membership. */
import { any, boolean } from "../Type.ts"
import { compare, equal } from "../values/Order.ts"
import { isArray, isObject, isSet, type Value } from "../values/Value.ts"
import { weigh } from "../values/Weight.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"

const operator = (name: string, infix: string, holds: (a: Value, b: Value) => boolean): Builtin => ({
  name,
  infix,
  args: [any, any],
  result: boolean,
  call: ([a = null, b = null], context) => {
    context.budget.spend(Math.min(weigh(a), weigh(b)) >> 6)
    return holds(a, b)
  }
})

/** `x in xs`: whether a collection has a member of this value. */
const isMember = (member: Value, collection: Value, context: BuiltinContext): boolean => {
  if (isSet(collection)) return collection.has(member)
  if (isArray(collection)) {
    context.budget.spend(collection.length)
    return collection.some((item) => equal(item, member))
  }
  if (!isObject(collection)) return false
  context.budget.spend(collection.size)
  for (const [, value] of collection.pairs.values()) if (equal(value, member)) return true
  return false
}

/** `k, x in xs`: whether the member under this key (index, member of a set) has this value. */
const isMemberAt = (key: Value, member: Value, collection: Value): boolean => {
  const found = isObject(collection)
    ? collection.get(key)
    : isArray(collection)
      ? typeof key === "number"
        ? collection[key]
        : undefined
      : isSet(collection) && collection.has(key)
        ? key
        : undefined
  return found !== undefined && equal(found, member)
}

export const comparison: ReadonlyArray<Builtin> = [
  operator("equal", "==", equal),
  operator("neq", "!=", (a, b) => !equal(a, b)),
  operator("lt", "<", (a, b) => compare(a, b) < 0),
  operator("lte", "<=", (a, b) => compare(a, b) <= 0),
  operator("gt", ">", (a, b) => compare(a, b) > 0),
  operator("gte", ">=", (a, b) => compare(a, b) >= 0),
  define("internal.member_2", [any, any], boolean, ([member = null, collection = null], context) =>
    isMember(member, collection, context)
  ),
  define("internal.member_3", [any, any, any], boolean, ([key = null, member = null, collection = null]) =>
    isMemberAt(key, member, collection)
  )
]
