/** References to closures: lookups, and iterations over what a reference can mean. */
import type { RuleNode } from "../compiler/RuleTree.ts"
import { type Bound, type Pattern, pathOf } from "../compiler/Unify.ts"
import type { Reference } from "../syntax/Syntax.ts"
import type { Value } from "../values/Value.ts"
import type { Documents } from "./Documents.ts"
import { child, someMember } from "./Lookup.ts"
import { absent, type Frame, type Getter, type Matcher } from "./Runtime.ts"
import type { ReferenceCompiler, Terms } from "./Terms.ts"

/** One part of a path: a key that is known, or a pattern that every key is tried with. */
type Part = { readonly key: Getter } | { readonly each: Matcher }

/** Tries all values from some part of the path on. */
type Walk = (frame: Frame, value: Value | undefined, next: (value: Value) => boolean) => boolean
type NodeWalk = (frame: Frame, node: RuleNode, value: Value | undefined, next: (value: Value) => boolean) => boolean

const end: Walk = (_, value, next) => value !== undefined && next(value)

const walkFrom = (part: Part, rest: Walk): Walk => {
  if ("key" in part) {
    return (frame, value, next) => {
      const key = part.key(frame)
      const member = key === undefined ? undefined : child(value, key)
      return member !== undefined && rest(frame, member, next)
    }
  }
  return (frame, value, next) =>
    someMember(value, (key, member) => {
      frame.run.budget.spend(1)
      return part.each(frame, key) && rest(frame, member, next)
    })
}

/** The keys of a path that has no variables. */
const constants = ({ path }: Reference): ReadonlyArray<Value> | undefined => {
  const values = path.flatMap((part) => (part.kind === "constant" ? [part.value] : []))
  return values.length === path.length ? values : undefined
}

export class References implements ReferenceCompiler {
  readonly #terms: Terms
  readonly #documents: Documents

  constructor(terms: Terms, documents: Documents) {
    this.#terms = terms
    this.#documents = documents
  }

  #parts(path: ReadonlyArray<Pattern>, bound: Bound): ReadonlyArray<Part> {
    return path.map(
      (pattern): Part =>
        pattern.kind === "equal"
          ? { key: this.#terms.getter(pattern.term, bound) }
          : { each: this.#terms.matcher(pattern, bound) }
    )
  }

  #isRoot({ head }: Reference, name: "data" | "input"): boolean {
    return head.kind === "variable" && head.name === name
  }

  #base(reference: Reference, bound: Bound): Getter {
    return this.#isRoot(reference, "input") ? (frame) => frame.scope.input : this.#terms.getter(reference.head, bound)
  }

  /** A reference all of whose parts have values. */
  getter(reference: Reference, bound: Bound): Getter {
    const path = pathOf(reference, new Set(bound)) ?? []
    const keys = this.#parts(path, bound).flatMap((part) => ("key" in part ? [part.key] : []))
    if (this.#isRoot(reference, "data")) return this.#documents.getter(reference, keys)
    const fixed = this.#isRoot(reference, "input") ? constants(reference) : undefined
    if (fixed !== undefined) return this.#fixed(fixed)
    const base = this.#base(reference, bound)
    return (frame) => {
      let value = base(frame)
      for (const getter of keys) {
        if (value === undefined) return undefined
        const key = getter(frame)
        value = key === undefined ? undefined : child(value, key)
      }
      return value
    }
  }

  /** A constant path below `input`: looked up once in each scope. */
  #fixed(path: ReadonlyArray<Value>): Getter {
    const place = this.#terms.environment.inputPath(path)
    return ({ scope }) => {
      const known = scope.inputs[place]
      if (known !== undefined) return known === absent ? undefined : known
      let value = scope.input
      for (const key of path) value = child(value, key)
      scope.inputs[place] = value === undefined ? absent : value
      return value
    }
  }

  /** Tries each value of a reference; its path's patterns bind variables. */
  iterate(
    reference: Reference,
    path: ReadonlyArray<Pattern>,
    bound: Bound
  ): (frame: Frame, next: (value: Value) => boolean) => boolean {
    const parts = this.#parts(path, bound)
    const walks = [end]
    for (const part of [...parts].reverse()) walks.unshift(walkFrom(part, walks[0] ?? end))
    if (this.#isRoot(reference, "data")) return this.#iterateData(parts, walks)
    const base = this.#base(reference, bound)
    const walk = walks[0] ?? end
    return (frame, next) => walk(frame, base(frame), next)
  }

  /** Below `data` the walk goes along the tree of rules as far as it reaches, then on in values. */
  #iterateData(parts: ReadonlyArray<Part>, walks: ReadonlyArray<Walk>) {
    const documents = this.#documents
    let walk: NodeWalk = (frame, node, value, next) => {
      const whole = documents.whole(node, value, frame)
      return whole !== undefined && next(whole)
    }
    for (const [index, part] of [...parts.entries()].reverse()) {
      const inTree = walk
      const inValue = walks[index + 1] ?? end
      const step = (
        frame: Frame,
        node: RuleNode,
        value: Value | undefined,
        key: Value,
        next: (value: Value) => boolean
      ) => {
        const inner = documents.inner(node, key, frame)
        const member = child(value, key)
        return inner === undefined
          ? member !== undefined && inValue(frame, member, next)
          : inTree(frame, inner, member, next)
      }
      walk = (frame, node, value, next) => {
        const below = documents.below(node, value, frame)
        if ("key" in part) {
          const key = part.key(frame)
          return key !== undefined && step(frame, node, below, key, next)
        }
        for (const key of documents.keys(node, below, frame)) {
          frame.run.budget.spend(1)
          if (part.each(frame, key) && step(frame, node, below, key, next)) return true
        }
        return false
      }
    }
    return (frame: Frame, next: (value: Value) => boolean) => walk(frame, documents.root, frame.scope.data, next)
  }
}
