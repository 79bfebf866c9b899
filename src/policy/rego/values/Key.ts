/**
 * Keys by which sets and objects find members in a hash table. JavaScript's own table hashes them with a seed, so
 * chosen input cannot make its buckets collide.
 */
import { numberKey } from "./Decimal.ts"
import { isArray, isNumber, type Key, type RegoObject, type RegoSet, type Value } from "./Value.ts"

/** Sets and objects remember their text: they are often members of others. */
const texts = new WeakMap<RegoSet | RegoObject, string>()

/** One text for each value; texts of members end by themselves, so joining them stays unambiguous. */
const encode = (value: Value): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (value === null || typeof value === "boolean") return String(value)
  if (isNumber(value)) return `${numberKey(value)}`
  if (isArray(value)) return `[${value.map(encode).join()}]`
  const known = texts.get(value)
  if (known !== undefined) return known
  const text =
    value.kind === "set"
      ? `<${[...value.members.values()].map(encode).sort().join()}>`
      : `{${[...value.pairs.values()]
          .map(([key, member]) => `${encode(key)}:${encode(member)}`)
          .sort()
          .join()}}`
  texts.set(value, text)
  return text
}

/** The key of a value: scalars are their own, composites and strings that look like one begin with NUL. */
export const keyOf = (value: Value): Key => {
  if (typeof value === "string") return value.charCodeAt(0) === 0 ? `\0"${value}` : value
  if (typeof value !== "object" || value === null) return value
  if (isNumber(value)) {
    const key = numberKey(value)
    return typeof key === "number" ? key : `\0#${key}`
  }
  return `\0${encode(value)}`
}
