/** Joins what rules define at one place: objects member by member. */
import { objectOf, setOf } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { equal } from "../values/Order.ts"
import { isObject, isSet, type Key, type Pair, type Value } from "../values/Value.ts"

/** Takes what a partial rule finds: a member, and the keys it is found under. */
export interface Sink {
  readonly add: (path: ReadonlyArray<Value>, value: Value) => void
}

/** Two values for one key of an object. */
export class KeyConflict extends Error {
  constructor() {
    super("object keys must be unique")
  }
}

/** `over` wins where both are defined and not both objects. */
export const overlay = (under: Value | undefined, over: Value | undefined): Value | undefined => {
  if (over === undefined) return under
  if (!isObject(under) || !isObject(over)) return over
  const pairs: Array<Pair> = [...under.pairs.values()]
  for (const [key, value] of over.pairs.values()) pairs.push([key, overlay(under.get(key), value) ?? value])
  return objectOf(pairs)
}

/** Like `overlay`, but sets are united, and two different values for one key are a conflict. */
export const join = (a: Value | undefined, b: Value | undefined): Value | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  if (isSet(a) && isSet(b)) return setOf([...a.members.values(), ...b.members.values()])
  if (!isObject(a) || !isObject(b)) {
    if (equal(a, b)) return a
    throw new KeyConflict()
  }
  const pairs: Array<Pair> = [...a.pairs.values()]
  for (const [key, value] of b.pairs.values()) pairs.push([key, join(a.get(key), value) ?? value])
  return objectOf(pairs)
}

/** What the rules at and below one place define: objects by the heads of rules, values by rules themselves. */
export type Defined = Inner | Leaf

interface Inner {
  readonly kind: "inner"
  readonly members: Map<Key, readonly [key: Value, defined: Defined]>
}

type Leaf =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "members"; readonly found: Array<Value> }

export const inner = (members: Iterable<readonly [key: Value, defined: Defined]>): Inner => ({
  kind: "inner",
  members: new Map([...members].map((member) => [keyOf(member[0]), member] as const))
})

/** Joins two definitions; a rule's own value is not extended by other rules. */
export const joinDefined = (a: Defined, b: Defined): Defined => {
  if (a.kind === "members" && b.kind === "members") return { kind: "members", found: [...a.found, ...b.found] }
  if (a.kind === "value" && b.kind === "value" && equal(a.value, b.value)) return a
  if (a.kind !== "inner" || b.kind !== "inner") throw new KeyConflict()
  const members = new Map(a.members)
  for (const [key, [part, defined]] of b.members) {
    const known = members.get(key)
    members.set(key, [part, known === undefined ? defined : joinDefined(known[1], defined)])
  }
  return { kind: "inner", members }
}

/** The value of a definition. */
export const valueOfDefined = (defined: Defined): Value => {
  if (defined.kind === "value") return defined.value
  if (defined.kind === "members") return setOf(defined.found)
  return objectOf([...defined.members.values()].map(([key, member]): Pair => [key, valueOfDefined(member)]))
}

/** Collects what partial rules define at one place: an object, nested as deep as the heads of the rules are. */
export class PartialObject implements Sink {
  readonly defined: Inner = { kind: "inner", members: new Map() }
  /** Whether the leaf of the rule now evaluated is a set. */
  collects = false

  add(path: ReadonlyArray<Value>, value: Value): void {
    let place = this.defined
    for (const [index, part] of path.entries()) {
      const key = keyOf(part)
      const known = place.members.get(key)?.[1]
      if (index === path.length - 1) {
        if (this.collects && known?.kind === "members") known.found.push(value)
        else {
          const leaf: Leaf = this.collects ? { kind: "members", found: [value] } : { kind: "value", value }
          place.members.set(key, [part, known === undefined ? leaf : joinDefined(known, leaf)])
        }
      } else if (known === undefined) {
        const next: Inner = { kind: "inner", members: new Map() }
        place.members.set(key, [part, next])
        place = next
      } else if (known.kind === "inner") place = known
      else throw new KeyConflict()
    }
  }
}
