/** The total order of Rego's values: null, booleans, numbers, strings, arrays, objects, sets. */
import { compareNumbers } from "./Decimal.ts"
import { isArray, isNumber, type RegoArray, type Value } from "./Value.ts"

const rank = (value: Value): number => {
  switch (typeof value) {
    case "string":
      return 3
    case "number":
      return 2
    case "boolean":
      return 1
  }
  if (value === null) return 0
  if (isArray(value)) return 4
  return value.kind === "object" ? 5 : value.kind === "set" ? 6 : 2
}

/** Surrogates come after every other UTF-16 unit, so that the order is that of code points (and of UTF-8). */
const unitRank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/** Strings by code point. */
export const compareStrings = (a: string, b: string): number => {
  if (a === b) return 0
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left !== right) return unitRank(left) - unitRank(right)
  }
  return a.length - b.length
}

const compareLists = (a: RegoArray, b: RegoArray): number => {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const order = compare(a[index] ?? null, b[index] ?? null)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Negative, zero or positive as `a` is before, equal to or after `b`. */
export const compare = (a: Value, b: Value): number => {
  if (a === b) return 0
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b)
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b)
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (typeof a === "boolean") return a ? 1 : -1
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return 0
  if (isArray(a) && isArray(b)) return compareLists(a, b)
  if (isArray(a) || isArray(b)) return 0
  if (a.kind === "set" && b.kind === "set") return compareLists(a.sorted(), b.sorted())
  if (a.kind !== "object" || b.kind !== "object") return 0
  const [left, right] = [a.sorted(), b.sorted()]
  for (const [index, pair] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const difference = compare(pair[0], other[0]) || compare(pair[1], other[1])
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Structural equality; numbers are equal by value (`1.0 == 1`). Needs no order of members. */
export const equal = (a: Value, b: Value): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0
  }
  if (isArray(a) || isArray(b)) {
    if (!isArray(a) || !isArray(b) || a.length !== b.length) return false
    for (let index = 0; index < a.length; index++) if (!equal(a[index] ?? null, b[index] ?? null)) return false
    return true
  }
  if (a.kind === "number" || b.kind === "number") return a.kind === b.kind && compare(a, b) === 0
  if (a.size !== b.size) return false
  if (a.kind === "set" && b.kind === "set") {
    for (const key of a.members.keys()) if (!b.members.has(key)) return false
    return true
  }
  if (a.kind !== "object" || b.kind !== "object") return false
  for (const [key, [, value]] of a.pairs) {
    const other = b.pairs.get(key)
    if (other === undefined || !equal(value, other[1])) return false
  }
  return true
}
