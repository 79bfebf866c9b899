/** Looks members up in values. */
import { toInteger } from "../values/Decimal.ts"
import { isArray, isDecimal, isObject, isSet, type Value } from "../values/Value.ts"

/** The member under a key: of arrays by index, of sets the member itself. */
export const child = (value: Value | undefined, key: Value): Value | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  if (isArray(value)) {
    const index = typeof key === "number" ? key : isDecimal(key) ? toInteger(key) : undefined
    return index === undefined ? undefined : value[index]
  }
  if (value.kind === "object") return value.get(key)
  return value.kind === "set" && value.has(key) ? key : undefined
}

/** Calls back for each key and member, in order, until one returns true. */
export const someMember = (value: Value | undefined, test: (key: Value, member: Value) => boolean): boolean => {
  if (isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const member = value[index]
      if (member !== undefined && test(index, member)) return true
    }
  } else if (isObject(value)) {
    for (const [key, member] of value.sorted()) if (test(key, member)) return true
  } else if (isSet(value)) {
    for (const member of value.sorted()) if (test(member, member)) return true
  }
  return false
}
