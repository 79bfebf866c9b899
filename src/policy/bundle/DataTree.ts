/** Joins the data files of a bundle into one document. */
import { objectOf } from "../rego/values/Collections.ts"
import { jsonKey } from "../rego/values/Json.ts"
import { isObject, type Pair, type RegoObject, type Value } from "../rego/values/Value.ts"

/** Objects are branches that further files may add to; everything else is a leaf. */
type Branch = Map<string, Branch | { readonly leaf: Value }>

const isBranch = (node: Branch | { readonly leaf: Value }): node is Branch => node instanceof Map

const grown = (value: Value): Branch | { readonly leaf: Value } => {
  if (!isObject(value)) return { leaf: value }
  const branch: Branch = new Map()
  for (const [key, member] of value.pairs.values()) branch.set(jsonKey(key), grown(member))
  return branch
}

const frozen = (branch: Branch): RegoObject =>
  objectOf([...branch].map(([key, node]): Pair => [key, isBranch(node) ? frozen(node) : node.leaf]))

/** The path at which two nodes cannot be joined; undefined when `from` was added to `into`. */
const join = (into: Branch, from: Branch, path: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  for (const [key, node] of from) {
    const known = into.get(key)
    if (known === undefined) into.set(key, node)
    else {
      const here = [...path, key]
      if (!isBranch(known) || !isBranch(node)) return here
      const conflict = join(known, node, here)
      if (conflict !== undefined) return conflict
    }
  }
  return undefined
}

export class DataTree {
  readonly #root: Branch = new Map()

  /** Adds a value at a path. Gives the path of the first value that is already there, and then adds no more. */
  add(path: ReadonlyArray<string>, value: Value): string | undefined {
    const at = [...path]
      .reverse()
      .reduce<Branch | { readonly leaf: Value }>((below, name) => new Map([[name, below]]), grown(value))
    const conflict = isBranch(at) ? join(this.#root, at, []) : []
    return conflict?.join("/")
  }

  document(): RegoObject {
    return frozen(this.#root)
  }
}
