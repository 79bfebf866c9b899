/** Built-ins over objects. */
import { any, anyObject, arrayOf, boolean, mapOf, oneOf, setOfType } from "../Type.ts"
import { objectOfTable, setOf } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { equal } from "../values/Order.ts"
import {
  isArray,
  isObject,
  isSet,
  type Key,
  type Pair,
  type RegoArray,
  type RegoObject,
  type Value
} from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const keysType = oneOf(arrayOf(any), setOfType(any), anyObject)

/** A member of a collection, as a reference finds it. */
export const memberAt = (value: Value, key: Value): Value | undefined => {
  if (isObject(value)) return value.get(key)
  if (isSet(value)) return value.has(key) ? key : undefined
  return isArray(value) && typeof key === "number" ? value[key] : undefined
}

const get = (args: ReadonlyArray<Value>): Value => {
  const operands = new Operands("object.get", args)
  const object = operands.object(1)
  const [key, fallback] = [operands.value(2), operands.value(3)]
  const member = isArray(key) ? undefined : object.get(key)
  if (!isArray(key)) return member === undefined ? fallback : member
  let found: Value | undefined = object
  for (const step of key) {
    found = memberAt(found, step)
    if (found === undefined) return fallback
  }
  return found
}

/** The keys named by an array, a set, or an object's own. */
const keysOf = (operands: Operands): ReadonlyArray<Value> => {
  const keys = operands.value(2)
  if (isArray(keys)) return keys
  if (isSet(keys)) return [...keys.members.values()]
  if (isObject(keys)) return [...keys.pairs.values()].map(([key]) => key)
  return operands.wrong(2, "one of {object, set, array}")
}

const select = (name: string, keep: (named: boolean) => boolean): Builtin =>
  define(name, [anyObject, keysType], anyObject, (args, context) => {
    const operands = new Operands(name, args)
    const object = operands.object(1)
    const named = new Set(keysOf(operands).map(keyOf))
    context.budget.spend(object.size + named.size)
    return objectOfTable(new Map([...object.pairs].filter(([key]) => keep(named.has(key)))))
  })

/** Both objects' members; where both have objects, these are joined in turn, else the second one's counts. */
const join = (left: RegoObject, right: RegoObject, context: BuiltinContext): RegoObject => {
  context.budget.spend(left.size + right.size)
  const table = new Map<Key, Pair>(left.pairs)
  for (const [key, [name, value]] of right.pairs) {
    const other = table.get(key)?.[1]
    table.set(key, [name, isObject(other) && isObject(value) ? join(other, value, context) : value])
  }
  return objectOfTable(table)
}

const unionOfAll = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("object.union_n", args)
  const objects = operands.array(1).map((member) => {
    return isObject(member) ? member : operands.wrong(1, "array of objects", "array containing other values")
  })
  return objects.reduce((left, right) => join(left, right, context), objectOfTable(new Map()))
}

const isPartOf = (part: Value, whole: Value, context: BuiltinContext): boolean => {
  context.budget.spend(1)
  if (isObject(part) && isObject(whole)) return isSubObject(part, whole, context)
  if (isSet(part) && isSet(whole)) return [...part.members.keys()].every((key) => whole.members.has(key))
  if (isArray(part) && isArray(whole)) return isSubArray(part, whole, context)
  return equal(part, whole)
}

const isSubObject = (part: RegoObject, whole: RegoObject, context: BuiltinContext): boolean =>
  [...part.pairs].every(([key, [, value]]) => {
    const other = whole.pairs.get(key)?.[1]
    return other !== undefined && isPartOf(value, other, context)
  })

/** Whether the members follow each other in the whole, in this order and without gaps. */
const isSubArray = (part: RegoArray, whole: RegoArray, context: BuiltinContext): boolean => {
  for (let start = 0; start + part.length <= whole.length; start++) {
    context.budget.spend(1)
    if (part.every((member, index) => isPartOf(member, whole[start + index] ?? null, context))) return true
  }
  return false
}

const subset = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("object.subset", args)
  const [whole, part] = [operands.value(1), operands.value(2)]
  if (isArray(whole) && isSet(part)) {
    const members = new Set(whole.map(keyOf))
    context.budget.spend(members.size + part.size)
    return [...part.members.keys()].every((key) => members.has(key))
  }
  const alike = [isObject, isSet, isArray].some((is) => is(whole) && is(part))
  if (alike) return isPartOf(part, whole, context)
  return operands.fail("both arguments object.subset must be of the same type or array and set")
}

const collections = oneOf(anyObject, setOfType(any), arrayOf(any))

export const objects: ReadonlyArray<Builtin> = [
  define("object.get", [anyObject, any, any], any, get),
  define("object.keys", [anyObject], setOfType(any), (args, context) => {
    const object = new Operands("object.keys", args).object(1)
    context.budget.spend(object.size)
    return setOf([...object.pairs.values()].map(([key]) => key))
  }),
  select("object.filter", (named) => named),
  select("object.remove", (named) => !named),
  define("object.union", [anyObject, anyObject], any, (args, context) => {
    const operands = new Operands("object.union", args)
    return join(operands.object(1), operands.object(2), context)
  }),
  define("object.union_n", [arrayOf(mapOf(any, any))], any, unionOfAll),
  define("object.subset", [collections, collections], boolean, subset)
]
