/** What can be said of types as sets of values: unions, members, and whether two have a value in common. */
import { any, arrayOf, boolean, mapOf, nullType, number, setOfType, string, type Type, typeText } from "../Type.ts"
import { toInteger } from "../values/Decimal.ts"
import { equal } from "../values/Order.ts"
import { isArray, isNumber, isObject, type Value } from "../values/Value.ts"

/** Types larger than this, in parts, are taken for any value: they come of generated data, and would only cost time. */
const largestType = 400
const sizes = new WeakMap<Type, number>()

const partsOf = (type: Type): ReadonlyArray<Type> => {
  switch (type.kind) {
    case "array":
      return type.rest === undefined ? type.first : [...type.first, type.rest]
    case "object": {
      const fields = type.fields.map(([, of]) => of)
      return type.rest === undefined ? fields : [...fields, type.rest.key, type.rest.value]
    }
    case "set":
      return type.of === undefined ? [] : [type.of]
    case "any":
      return type.of
    case "function":
      return [...type.args, type.result]
    default:
      return []
  }
}

const sizeOf = (type: Type): number => {
  const known = sizes.get(type)
  if (known !== undefined) return known
  let size = 1
  for (const part of partsOf(type)) {
    size += sizeOf(part)
    if (size > largestType) break
  }
  sizes.set(type, size)
  return size
}

/** The type, or any value where it is too large to work with. */
export const bounded = (type: Type): Type => (sizeOf(type) > largestType ? any : type)

const sameType = (a: Type, b: Type): boolean => a === b || typeText(a) === typeText(b)

/** Values of either type. */
export const union = (a: Type | undefined, b: Type | undefined): Type | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  if (a.kind === "function" && b.kind === "function" && a.args.length === b.args.length) {
    const args = a.args.map((arg, index) => union(arg, b.args[index]) ?? arg)
    return bounded({ kind: "function", args, result: union(a.result, b.result) ?? any })
  }
  const members: Array<Type> = []
  for (const type of [a, b]) {
    if (type.kind === "any" && type.of.length === 0) return any
    for (const member of type.kind === "any" ? type.of : [type]) {
      if (!members.some((known) => sameType(known, member))) members.push(member)
    }
  }
  const [first] = members
  if (members.length === 1) return first
  const ordered = members.map((member) => [typeText(member), member] as const).sort(([x], [y]) => (x < y ? -1 : 1))
  return bounded({ kind: "any", of: ordered.map(([, member]) => member) })
}

const unionOf = (types: ReadonlyArray<Type | undefined>): Type | undefined =>
  types.reduce<Type | undefined>((all, type) => union(all, type), undefined)

export const typeOfValue = (value: Value): Type => {
  if (value === null) return nullType
  switch (typeof value) {
    case "boolean":
      return boolean
    case "string":
      return string
  }
  if (isNumber(value)) return number
  if (isArray(value)) {
    if (value.length === 0 || value.length > largestType) return arrayOf(any)
    return bounded({ kind: "array", first: value.map(typeOfValue) })
  }
  if (isObject(value)) {
    if (value.size === 0 || value.size > largestType) return mapOf(any, any)
    return bounded({ kind: "object", fields: value.sorted().map(([key, member]) => [key, typeOfValue(member)]) })
  }
  if (value.size > largestType) return setOfType(any)
  return bounded(setOfType(unionOf([...value.members.values()].map(typeOfValue)) ?? any))
}

/** The type of the member under a key; undefined when there is none. */
export const select = (type: Type | undefined, key: Value): Type | undefined => {
  switch (type?.kind) {
    case "array": {
      const index = isNumber(key) ? toInteger(key) : undefined
      return index === undefined || index < 0 ? undefined : (type.first[index] ?? type.rest)
    }
    case "object": {
      const field = type.fields.find(([name]) => equal(name, key))
      if (field !== undefined) return field[1]
      return type.rest !== undefined && unifies(type.rest.key, typeOfValue(key)) ? type.rest.value : undefined
    }
    case "set":
      return unifies(type.of ?? any, typeOfValue(key)) ? type.of : undefined
    case "any":
      return type.of.length === 0 ? any : unionOf(type.of.map((member) => select(member, key)))
    default:
      return undefined
  }
}

/** The type of all members; undefined for what has none. */
export const members = (type: Type | undefined): Type | undefined => {
  switch (type?.kind) {
    case "array":
      return unionOf([...type.first, type.rest])
    case "object":
      return unionOf([...type.fields.map(([, of]) => of), type.rest?.value])
    case "set":
      return type.of ?? any
    case "any":
      return type.of.length === 0 ? any : unionOf(type.of.map(members))
    default:
      return undefined
  }
}

/** The type of all keys; undefined for what has none. */
export const keys = (type: Type | undefined): Type | undefined => {
  switch (type?.kind) {
    case "array":
      return number
    case "object":
      return unionOf([...type.fields.map(([key]) => typeOfValue(key)), type.rest?.key])
    case "set":
      return type.of ?? any
    case "any":
      return type.of.length === 0 ? any : unionOf(type.of.map(keys))
    default:
      return undefined
  }
}

type ArrayType = Extract<Type, { kind: "array" }>
type ObjectType = Extract<Type, { kind: "object" }>

const fits = (a: ArrayType, b: ArrayType): boolean =>
  a.first.every((type, index) => unifies(type, b.first[index] ?? b.rest))

const fieldsFit = (a: ObjectType, b: ObjectType): boolean =>
  a.fields.every(([key, type]) => unifies(type, select(b, key)))

/** Whether two types may have a value in common. */
export const unifies = (a: Type | undefined, b: Type | undefined): boolean => {
  if (a === undefined || b === undefined) return false
  if (a.kind === "any" || b.kind === "any") {
    const [wide, other] = a.kind === "any" ? [a, b] : b.kind === "any" ? [b, a] : [any, a]
    if (other.kind === "function") return false
    if (wide.kind === "any" && (wide.of.length === 0 || wide.of.some((type) => unifies(type, other)))) return true
    return false
  }
  switch (a.kind) {
    case "array":
      if (b.kind !== "array" || !fits(a, b) || !fits(b, a)) return false
      return a.rest === undefined || b.rest === undefined || unifies(a.rest, b.rest)
    case "object":
      if (b.kind !== "object" || !fieldsFit(a, b) || !fieldsFit(b, a)) return false
      return a.rest === undefined || b.rest === undefined || unifies(a.rest.value, b.rest.value)
    case "set":
      return b.kind === "set" && unifies(a.of ?? any, b.of ?? any)
    case "function":
      return false
    default:
      return a.kind === b.kind
  }
}
