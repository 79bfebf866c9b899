/** Joins what rules define at one place: objects member by member. */
import { objectOf, setOf } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { equal } from "../values/Order.ts"
import { isObject, isSet, type Key, type Pair, type Value } from "../values/Value.ts"
import type { Sink } from "./Runtime.ts"

/** Two values for one key of an object. */
export class KeyConflict extends Error {}

/** `over` wins where both are defined and not both objects. */
export const overlay = (under: Value | undefined, over: Value | undefined): Value | undefined => {
  if (over === undefined) return under
  if (!isObject(under) || !isObject(over)) return over
  const pairs: Array<Pair> = [...under.pairs.values()]
  for (const [key, value] of over.pairs.values()) pairs.push([key, overlay(under.get(key), value) ?? value])
  return objectOf(pairs)
}

/** Like `overlay`, but two different values for one key are a conflict. */
export const join = (a: Value | undefined, b: Value | undefined): Value | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  if (isSet(a) && isSet(b)) return setOf([...a.members.values(), ...b.members.values()])
  if (!isObject(a) || !isObject(b)) {
    if (equal(a, b)) return a
    throw new KeyConflict("object keys must be unique")
  }
  const pairs: Array<Pair> = [...a.pairs.values()]
  for (const [key, value] of b.pairs.values()) pairs.push([key, join(a.get(key), value) ?? value])
  return objectOf(pairs)
}

type Inner = { readonly kind: "inner"; readonly members: Map<Key, readonly [key: Value, value: Inner | Leaf]> }
type Leaf =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "members"; readonly found: Array<Value> }

/** Collects what partial rules define at one place: an object, nested as deep as the heads of the rules are. */
export class PartialObject implements Sink {
  readonly #root: Inner = { kind: "inner", members: new Map() }
  /** Whether the leaf of the rule now evaluated is a set. */
  collects = false

  add(path: ReadonlyArray<Value>, value: Value): void {
    let inner = this.#root
    for (const [index, part] of path.entries()) {
      const key = keyOf(part)
      const known = inner.members.get(key)?.[1]
      if (index < path.length - 1) {
        const next: Inner | Leaf = known ?? { kind: "inner", members: new Map() }
        if (next.kind !== "inner") throw new KeyConflict("object keys must be unique")
        if (known === undefined) inner.members.set(key, [part, next])
        inner = next
      } else this.#leaf(inner, part, key, known, value)
    }
  }

  #leaf(inner: Inner, part: Value, key: Key, known: Inner | Leaf | undefined, value: Value): void {
    if (this.collects) {
      if (known === undefined) inner.members.set(key, [part, { kind: "members", found: [value] }])
      else if (known.kind === "members") known.found.push(value)
      else throw new KeyConflict("object keys must be unique")
    } else if (known === undefined) inner.members.set(key, [part, { kind: "value", value }])
    else if (known.kind !== "value" || !equal(known.value, value)) throw new KeyConflict("object keys must be unique")
  }

  result(): Value {
    return build(this.#root)
  }
}

const build = (node: Inner | Leaf): Value => {
  if (node.kind === "value") return node.value
  if (node.kind === "members") return setOf(node.found)
  return objectOf([...node.members.values()].map(([key, inner]): Pair => [key, build(inner)]))
}
