/** Refuses values that are too large to be worked with. */
import { type Budget, Interrupted } from "../Budget.ts"
import type { Value } from "../values/Value.ts"
import { weigh } from "../values/Weight.ts"

/** The most members, at any depth, a computed value may have. */
export const heaviest = 4_000_000

/** Gives the value back; throws `Interrupted` when it is too large. */
export const admit = <A extends Value>(value: A, budget: Budget): A => {
  if (typeof value !== "object" || value === null) return value
  const weight = weigh(value)
  if (weight > heaviest) throw new Interrupted("memory")
  budget.spend(weight >> 6)
  return value
}
