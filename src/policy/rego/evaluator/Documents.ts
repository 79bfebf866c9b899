/** The document `data`: what rules define, joined with the data that was given. */
import { type RuleNode, type RuleTree, splitPath } from "../compiler/RuleTree.ts"
import type { Reference } from "../syntax/Syntax.ts"
import { objectOf, setOf } from "../values/Collections.ts"
import { numberText } from "../values/Decimal.ts"
import { isNumber, isObject, isSet, type Pair, type Value } from "../values/Value.ts"
import { child, someMember } from "./Lookup.ts"
import { type Defined, inner, join, joinDefined, KeyConflict, overlay, valueOfDefined } from "./Merge.ts"
import { EvaluationError, type Frame, type Getter } from "./Runtime.ts"

/** Evaluates what the rules of one node define. */
export interface Rules {
  readonly value: (node: RuleNode, frame: Frame) => Value | undefined
  readonly defined: (node: RuleNode, frame: Frame) => Defined
}

/** A member of given data: its objects have only texts for keys, so a number stands for its digits. */
export const dataChild = (value: Value | undefined, key: Value): Value | undefined =>
  isObject(value) && isNumber(key) ? value.get(numberText(key)) : child(value, key)

const hasNodes = (node: RuleNode): boolean => node.kind === "package" || node.kind === "object"

export class Documents {
  readonly root: RuleNode
  readonly #rules: Rules

  constructor(tree: RuleTree, rules: Rules) {
    this.root = tree.root
    this.#rules = rules
  }

  /** The node below a node, unless `with` replaced it. Rules that are no packages or objects have none. */
  inner(node: RuleNode, key: Value, frame: Frame): RuleNode | undefined {
    if (typeof key !== "string" || !hasNodes(node)) return undefined
    const found = node.children.get(key)
    return found === undefined || frame.scope.shadowed?.has(found) ? undefined : found
  }

  #nodes(node: RuleNode, frame: Frame): ReadonlyArray<readonly [string, RuleNode]> {
    if (!hasNodes(node)) return []
    const { shadowed } = frame.scope
    return [...node.children].filter(([, found]) => !shadowed?.has(found))
  }

  /** The value that a node's members, other than the nodes below it, are looked up in. */
  below(node: RuleNode, value: Value | undefined, frame: Frame): Value | undefined {
    switch (node.kind) {
      case "package":
        return value
      case "function":
        return undefined
      case "complete":
        return this.#rules.value(node, frame) ?? value
      default:
        return this.#joined(node, value, this.#rules.value(node, frame))
    }
  }

  #joined(node: RuleNode, a: Value | undefined, b: Value | undefined): Value | undefined {
    return this.#guard(node, () => join(a, b))
  }

  #guard<A>(node: RuleNode, run: () => A): A {
    try {
      return run()
    } catch (error) {
      const at = node.rules[0]?.at
      if (!(error instanceof KeyConflict) || at === undefined) throw error
      throw new EvaluationError("eval_conflict_error", error.message, at)
    }
  }

  /** The keys a node has, in order: of its value and of the nodes below it. */
  keys(node: RuleNode, below: Value | undefined, frame: Frame): ReadonlyArray<Value> {
    const keys: Array<Value> = []
    someMember(below, (key) => {
      keys.push(key)
      return false
    })
    const names = this.#nodes(node, frame).map(([name]) => name)
    return names.length === 0 ? keys : setOf([...keys, ...names]).sorted()
  }

  /** All that a node is. `value` is what stands at its place otherwise: given data, or members that rules computed. */
  whole(node: RuleNode, value: Value | undefined, frame: Frame): Value | undefined {
    switch (node.kind) {
      case "function":
        return undefined
      case "complete":
        return this.#rules.value(node, frame) ?? value
      case "set":
        return this.#joined(node, value, this.#rules.value(node, frame))
      case "object": {
        const defined = this.#guard(node, () => this.#defined(node, frame))
        return this.#joined(node, value, defined === undefined ? undefined : valueOfDefined(defined))
      }
      case "package":
        return this.#package(node, value, frame)
    }
  }

  #package(node: RuleNode, value: Value | undefined, frame: Frame): Value | undefined {
    const pairs: Array<Pair> = []
    for (const [name, found] of this.#nodes(node, frame)) {
      const whole = this.whole(found, child(value, name), frame)
      if (whole !== undefined) pairs.push([name, whole])
    }
    if (value === undefined && (node.isDeclared || node.children.size > 0)) return objectOf(pairs)
    return pairs.length === 0 ? value : overlay(value, objectOf(pairs))
  }

  /** What the rules at and below a node define, without given data. */
  #defined(node: RuleNode, frame: Frame): Defined | undefined {
    switch (node.kind) {
      case "function":
        return undefined
      case "complete":
      case "set": {
        const value = this.#rules.value(node, frame)
        if (value === undefined) return undefined
        return isSet(value) && node.kind === "set"
          ? { kind: "members", found: [...value.members.values()] }
          : { kind: "value", value }
      }
      default: {
        const below = inner(
          this.#nodes(node, frame).flatMap(([name, found]) => {
            const defined = this.#defined(found, frame)
            return defined === undefined ? [] : [[name, defined] as const]
          })
        )
        return node.kind === "object" ? joinDefined(this.#rules.defined(node, frame), below) : below
      }
    }
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
    let isGiven = true
    for (const getter of keys) {
      const key = getter(frame)
      if (key === undefined) return undefined
      if (node === undefined) {
        if (value === undefined) return undefined
        value = isGiven ? dataChild(value, key) : child(value, key)
        continue
      }
      isGiven &&= node.kind === "package"
      const below: Value | undefined = this.below(node, value, frame)
      value = isGiven ? dataChild(below, key) : child(below, key)
      node = this.inner(node, key, frame)
    }
    return node === undefined ? value : this.whole(node, value, frame)
  }
}
