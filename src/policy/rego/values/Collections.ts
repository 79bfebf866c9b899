/** Sets and objects: hash tables over keys, sorted when first iterated in order. */
import { keyOf } from "./Key.ts"
import { compare } from "./Order.ts"
import type { Key, Pair, RegoObject, RegoSet, Value } from "./Value.ts"

class HashSet implements RegoSet {
  readonly kind = "set"
  readonly members: ReadonlyMap<Key, Value>
  #sorted: ReadonlyArray<Value> | undefined

  constructor(members: ReadonlyMap<Key, Value>) {
    this.members = members
  }

  get size(): number {
    return this.members.size
  }

  has(value: Value): boolean {
    return this.members.has(keyOf(value))
  }

  sorted(): ReadonlyArray<Value> {
    return (this.#sorted ??= [...this.members.values()].sort(compare))
  }
}

class HashObject implements RegoObject {
  readonly kind = "object"
  readonly pairs: ReadonlyMap<Key, Pair>
  #sorted: ReadonlyArray<Pair> | undefined

  constructor(pairs: ReadonlyMap<Key, Pair>) {
    this.pairs = pairs
  }

  get size(): number {
    return this.pairs.size
  }

  get(key: Value): Value | undefined {
    return this.pairs.get(keyOf(key))?.[1]
  }

  has(key: Value): boolean {
    return this.pairs.has(keyOf(key))
  }

  sorted(): ReadonlyArray<Pair> {
    return (this.#sorted ??= [...this.pairs.values()].sort((a, b) => compare(a[0], b[0])))
  }
}

export const emptySet: RegoSet = new HashSet(new Map())

export const emptyObject: RegoObject = new HashObject(new Map())

/** A set of the values; of equal ones the first is kept. */
export const setOf = (values: Iterable<Value>): RegoSet => {
  const members = new Map<Key, Value>()
  for (const value of values) {
    const key = keyOf(value)
    if (!members.has(key)) members.set(key, value)
  }
  return members.size === 0 ? emptySet : new HashSet(members)
}

/** An object of the pairs; of equal keys the last value is kept. */
export const objectOf = (pairs: Iterable<Pair>): RegoObject => {
  const table = new Map<Key, Pair>()
  for (const pair of pairs) table.set(keyOf(pair[0]), pair)
  return table.size === 0 ? emptyObject : new HashObject(table)
}

/** An object with string keys. */
export const record = (members: Readonly<Record<string, Value>>): RegoObject => objectOf(Object.entries(members))

/** A set over a table already keyed by `keyOf`; the table must not change afterwards. */
export const setOfTable = (members: ReadonlyMap<Key, Value>): RegoSet => new HashSet(members)

/** An object over a table already keyed by `keyOf`; the table must not change afterwards. */
export const objectOfTable = (pairs: ReadonlyMap<Key, Pair>): RegoObject => new HashObject(pairs)
