/**
 * How large values are, counting members as often as they occur. Values share parts, so a policy of a few lines can
 * make one that holds more members than there is memory: to compare or hash it would never end.
 */
import { isArray, isDecimal, type Value } from "./Value.ts"

const known = new WeakMap<object, number>()

/** Lighter values are weighed again each time: remembering costs more. */
const worthwhile = 64

/** The number of members at any depth, long texts counted by their length. */
export const weigh = (value: Value): number => {
  if (typeof value === "string") return 1 + (value.length >> 4)
  if (typeof value !== "object" || value === null || isDecimal(value)) return 1
  const found = known.get(value)
  if (found !== undefined) return found
  let weight = 1
  if (isArray(value)) for (const item of value) weight += weigh(item)
  else if (value.kind === "set") for (const member of value.members.values()) weight += weigh(member)
  else if (value.kind === "object")
    for (const [key, member] of value.pairs.values()) weight += weigh(key) + weigh(member)
  if (weight > worthwhile) known.set(value, weight)
  return weight
}
