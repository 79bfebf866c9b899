/**
 * Decides, before any evaluation, how two flat terms are unified: which side is computed, and which variables of the
 * other it gives values. `bound` are the variables that have values by then; unifying adds to it.
 */

import type { Reference, Term } from "../syntax/Syntax.ts"
import { compare } from "../values/Order.ts"
import type { Bound } from "./Bound.ts"
import { eachVariable } from "./Variables.ts"

/** How a value is taken apart: variables it gives to, terms it must equal. */
export type Pattern =
  | { readonly kind: "bind"; readonly name: string }
  | { readonly kind: "equal"; readonly term: Term }
  | { readonly kind: "array"; readonly items: ReadonlyArray<Pattern> }
  | { readonly kind: "object"; readonly pairs: ReadonlyArray<readonly [key: Term, value: Pattern]> }

/** A step of unifying. */
export type Match =
  /** Compute the term and match it. */
  | { readonly kind: "match"; readonly term: Term; readonly pattern: Pattern }
  /** Try every value the reference has, and match each. */
  | {
      readonly kind: "iterate"
      readonly reference: Reference
      readonly path: ReadonlyArray<Pattern>
      readonly pattern: Pattern
    }
  /** The two can never be equal. */
  | { readonly kind: "never" }

/** Whether every variable of a term, outside comprehensions, has a value. */
export const isBound = (term: Term, bound: Bound): boolean => {
  let all = true
  eachVariable(term, ({ name }) => {
    if (!bound.has(name)) all = false
  })
  return all
}

/** A term as a pattern; undefined where it has parts that need values and have none. */
export const patternOf = (term: Term, bound: Bound): Pattern | undefined => {
  if (isBound(term, bound)) return { kind: "equal", term }
  switch (term.kind) {
    case "variable":
      bound.add(term.name)
      return { kind: "bind", name: term.name }
    case "array": {
      const items = term.items.map((item) => patternOf(item, bound)).filter((item) => item !== undefined)
      return items.length < term.items.length ? undefined : { kind: "array", items }
    }
    case "object": {
      if (!term.pairs.every(([key]) => isBound(key, bound))) return undefined
      const pairs = term.pairs.flatMap(([key, value]) => {
        const pattern = patternOf(value, bound)
        return pattern === undefined ? [] : [[key, pattern] as const]
      })
      return pairs.length < term.pairs.length ? undefined : { kind: "object", pairs }
    }
    default:
      return undefined
  }
}

/** The patterns of a reference's path; undefined where the reference cannot be followed yet. */
export const pathOf = (reference: Reference, bound: Bound): ReadonlyArray<Pattern> | undefined => {
  if (!isBound(reference.head, bound)) return undefined
  const path = reference.path.map((part) => patternOf(part, bound)).filter((part) => part !== undefined)
  return path.length < reference.path.length ? undefined : path
}

const iterate = (reference: Reference, other: Term, bound: Bound): ReadonlyArray<Match> | undefined => {
  const path = pathOf(reference, bound)
  if (path === undefined) return undefined
  if (other.kind !== "reference" || isBound(other, bound)) {
    const pattern = patternOf(other, bound)
    return pattern === undefined ? undefined : [{ kind: "iterate", reference, path, pattern }]
  }
  const rest = pathOf(other, bound)
  if (rest === undefined) return undefined
  // Both have many values: the first one's is kept under a name of this place.
  const name = `$u${reference.at.row}:${reference.at.column}:${other.at.row}:${other.at.column}`
  const kept: Term = { kind: "variable", name, at: reference.at }
  return [
    { kind: "iterate", reference, path, pattern: { kind: "bind", name } },
    { kind: "iterate", reference: other, path: rest, pattern: { kind: "equal", term: kept } }
  ]
}

/** The steps that make both terms equal; undefined when too few variables have values. Adds to `bound`. */
export const unify = (a: Term, b: Term, bound: Bound): ReadonlyArray<Match> | undefined => {
  const [left, right] = [isBound(a, bound), isBound(b, bound)]
  if (left || right) {
    const [known, other] = left ? [a, b] : [b, a]
    if (!(left && right) && other.kind === "reference") return iterate(other, known, bound)
    const pattern = patternOf(other, bound)
    return pattern === undefined ? undefined : [{ kind: "match", term: known, pattern }]
  }
  if (a.kind === "reference" || b.kind === "reference") {
    for (const [reference, other] of [
      [a, b],
      [b, a]
    ] as const) {
      const attempt = bound.fork()
      const found = reference.kind === "reference" ? iterate(reference, other, attempt) : undefined
      if (found === undefined) continue
      attempt.commit()
      return found
    }
    return undefined
  }
  const pairs = partsOf(a, b)
  return pairs === undefined ? undefined : pairs === "never" ? [{ kind: "never" }] : unifyAll(pairs, bound)
}

type Parts = ReadonlyArray<readonly [Term, Term]>

/** The pairs of parts that must be equal when two collections are. */
const partsOf = (a: Term, b: Term): Parts | "never" | undefined => {
  if (a.kind === "array" && b.kind === "array") {
    if (a.items.length !== b.items.length) return "never"
    return a.items.flatMap((item, index) => {
      const other = b.items[index]
      return other === undefined ? [] : [[item, other] as const]
    })
  }
  if (a.kind !== "object" || b.kind !== "object") return undefined
  if (a.pairs.length !== b.pairs.length) return "never"
  const pairs = a.pairs.flatMap(([key, value]) => {
    const other = b.pairs.find(([k]) => sameKey(key, k))
    return other === undefined ? [] : [[value, other[1]] as const]
  })
  if (pairs.length === a.pairs.length) return pairs
  const known = [...a.pairs, ...b.pairs].every(([key]) => key.kind === "constant")
  return known ? "never" : undefined
}

const sameKey = (a: Term, b: Term): boolean =>
  (a.kind === "constant" && b.kind === "constant" && compare(a.value, b.value) === 0) ||
  (a.kind === "variable" && b.kind === "variable" && a.name === b.name)

/** Unifies pairs in whatever order gives each the values it needs. */
const unifyAll = (pairs: Parts, bound: Bound): ReadonlyArray<Match> | undefined => {
  const steps: Array<Match> = []
  let waiting = pairs
  while (waiting.length > 0) {
    const later: Array<readonly [Term, Term]> = []
    for (const [a, b] of waiting) {
      const attempt = bound.fork()
      const found = unify(a, b, attempt)
      if (found === undefined) later.push([a, b])
      else {
        steps.push(...found)
        attempt.commit()
      }
    }
    if (later.length === waiting.length) return undefined
    waiting = later
  }
  return steps
}
