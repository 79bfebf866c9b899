/** The document `data`: what rules define, joined with the data that was given. */
import type { RuleNode, RuleTree } from "../compiler/RuleTree.ts"
import { splitPath } from "../compiler/RuleTree.ts"
import type { Reference } from "../syntax/Syntax.ts"
import { objectOf, setOf } from "../values/Collections.ts"
import { isObject, type Pair, type Value } from "../values/Value.ts"
import { child, someMember } from "./Lookup.ts"
import { join, overlay } from "./Merge.ts"
import type { Frame, Getter } from "./Runtime.ts"

/** Evaluates what the rules of one node define. */
export interface Rules {
  readonly value: (node: RuleNode, frame: Frame) => Value | undefined
}

export class Documents {
  readonly root: RuleNode
  readonly #rules: Rules

  constructor(tree: RuleTree, rules: Rules) {
    this.root = tree.root
    this.#rules = rules
  }

  /** The node below a node, unless `with` replaced it. Rules that are no packages or objects have none. */
  inner(node: RuleNode, key: Value, frame: Frame): RuleNode | undefined {
    if (typeof key !== "string" || (node.kind !== "package" && node.kind !== "object")) return undefined
    const inner = node.children.get(key)
    return inner === undefined || frame.scope.shadowed?.has(inner) ? undefined : inner
  }

  /** The value that a node's members, other than the nodes below it, are looked up in. */
  below(node: RuleNode, value: Value | undefined, frame: Frame): Value | undefined {
    switch (node.kind) {
      case "package":
        return value
      case "function":
        return undefined
      default:
        return this.#rules.value(node, frame)
    }
  }

  /** The keys a node has, in order: of its value and of the nodes below it. */
  keys(node: RuleNode, below: Value | undefined, frame: Frame): ReadonlyArray<Value> {
    const keys: Array<Value> = []
    someMember(below, (key) => {
      keys.push(key)
      return false
    })
    if (node.kind !== "package" && node.kind !== "object") return keys
    const names = [...node.children.keys()].filter((name) => !frame.scope.shadowed?.has(node.child(name)))
    return names.length === 0 ? keys : setOf([...keys, ...names]).sorted()
  }

  /** All that a node is. `value` is what stands at its place otherwise: given data, or members that rules computed. */
  whole(node: RuleNode, value: Value | undefined, frame: Frame): Value | undefined {
    switch (node.kind) {
      case "function":
        return undefined
      case "complete":
      case "set":
        return this.#rules.value(node, frame) ?? value
      case "object":
        return join(this.#children(node, undefined, frame, join), this.#rules.value(node, frame)) ?? value
      case "package":
        return this.#children(node, value, frame, overlay)
    }
  }

  #children(node: RuleNode, value: Value | undefined, frame: Frame, combine: typeof join): Value | undefined {
    const pairs: Array<Pair> = []
    for (const [name, inner] of node.children) {
      if (frame.scope.shadowed?.has(inner)) continue
      const whole = this.whole(inner, child(value, name), frame)
      if (whole !== undefined) pairs.push([name, whole])
    }
    if (node.kind === "package" && node !== this.root && node.children.size > 0 && value === undefined)
      return objectOf(pairs)
    if (pairs.length === 0) return value
    return combine(isObject(value) ? value : undefined, objectOf(pairs))
  }

  /** A lookup below `data` whose keys all have values. */
  getter(reference: Reference, keys: ReadonlyArray<Getter>): Getter {
    const { names } = splitPath(reference.path)
    const direct = this.#direct(names)
    if (direct === undefined) return (frame) => this.#follow(keys, frame)
    const rest = keys.slice(direct.path.length - 1)
    return (frame) => {
      if (frame.scope.shadowed !== undefined) return this.#follow(keys, frame)
      let value = this.#rules.value(direct, frame)
      for (const getter of rest) {
        if (value === undefined) return undefined
        const key = getter(frame)
        value = key === undefined ? undefined : child(value, key)
      }
      return value
    }
  }

  /** The complete rule or set that a path reaches through packages alone. */
  #direct(names: ReadonlyArray<string>): RuleNode | undefined {
    let node: RuleNode | undefined = this.root
    for (const name of names) {
      if (node?.kind !== "package") break
      node = node.children.get(name)
    }
    return node?.kind === "complete" || node?.kind === "set" ? node : undefined
  }

  #follow(keys: ReadonlyArray<Getter>, frame: Frame): Value | undefined {
    let node: RuleNode | undefined = this.root
    let value: Value | undefined = frame.scope.data
    for (const getter of keys) {
      const key = getter(frame)
      if (key === undefined) return undefined
      if (node === undefined) {
        if (value === undefined) return undefined
        value = child(value, key)
        continue
      }
      value = child(this.below(node, value, frame), key)
      node = this.inner(node, key, frame)
    }
    return node === undefined ? value : this.whole(node, value, frame)
  }
}
