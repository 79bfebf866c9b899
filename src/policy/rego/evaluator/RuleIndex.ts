/**
 * Finds, among many rules of one node, those that can hold: most begin with a comparison of something in the input, or
 * of an operand, with a constant. One lookup then replaces hundreds of comparisons.
 */
import type { CompiledRule } from "../compiler/RuleTree.ts"
import type { Expression, Reference, Term } from "../syntax/Syntax.ts"
import { keyOf } from "../values/Key.ts"
import { isArray, isSet, type Key, type Value } from "../values/Value.ts"
import { child } from "./Lookup.ts"

/** Where the compared value is found: in the input, or in an operand. */
interface Place {
  readonly argument: number | undefined
  readonly path: ReadonlyArray<Value>
}

interface Condition {
  readonly place: Place
  readonly id: string
  /** The values with which the rule can hold. */
  readonly values: ReadonlyArray<Value>
}

/** Fewer rules than this are tried one by one. */
const worthwhile = 4

const constantPath = ({ path }: Reference): ReadonlyArray<Value> | undefined => {
  const values = path.flatMap((part) => (part.kind === "constant" ? [part.value] : []))
  return values.length === path.length ? values : undefined
}

const placeOf = (term: Term, args: ReadonlyArray<Term>): Place | undefined => {
  const [head, path] = term.kind === "reference" ? [term.head, constantPath(term)] : [term, []]
  if (head.kind !== "variable" || path === undefined) return undefined
  if (head.name === "input" && term.kind === "reference") return { argument: undefined, path }
  const argument = args.findIndex((arg) => arg.kind === "variable" && arg.name === head.name)
  return argument < 0 ? undefined : { argument, path }
}

const condition = (place: Place, values: ReadonlyArray<Value>): Condition => ({
  place,
  values,
  id: `${place.argument ?? "input"} ${keyOf(place.path)}`
})

/** Variables that stand for a place, as `x` after `x := input.user`. */
type Aliases = Map<string, Place>

const placeIn = (term: Term, args: ReadonlyArray<Term>, aliases: Aliases): Place | undefined =>
  (term.kind === "variable" ? aliases.get(term.name) : undefined) ?? placeOf(term, args)

const conditionOf = (
  { form, negated, with: modifiers }: Expression,
  args: ReadonlyArray<Term>,
  aliases: Aliases
): Condition | undefined => {
  if (negated || modifiers.length > 0 || form.kind !== "call" || form.args.length !== 2) return undefined
  const { operator } = form
  const [a, b] = form.args
  if (operator.kind !== "constant" || a === undefined || b === undefined) return undefined
  if (operator.value === "internal.member_2") {
    const place = b.kind === "constant" ? placeIn(a, args, aliases) : undefined
    if (place === undefined || b.kind !== "constant") return undefined
    const { value } = b
    const values = isSet(value) ? [...value.members.values()] : isArray(value) ? value : undefined
    return values === undefined ? undefined : condition(place, values)
  }
  if (operator.value !== "eq" && operator.value !== "equal") return undefined
  const [known, other] = a.kind === "constant" ? [a, b] : b.kind === "constant" ? [b, a] : []
  if (known !== undefined && other !== undefined) {
    const place = placeIn(other, args, aliases)
    return place === undefined ? undefined : condition(place, [known.value])
  }
  const place = a.kind === "variable" ? placeIn(b, args, aliases) : undefined
  if (place !== undefined && a.kind === "variable" && operator.value === "eq" && placeOf(a, args) === undefined) {
    aliases.set(a.name, place)
  }
  return undefined
}

/** What a rule compares with constants. Rules with `else` are tried always. */
const conditionsOf = (rule: CompiledRule): ReadonlyArray<Condition> => {
  const [branch] = rule.branches
  if (branch === undefined || rule.branches.length > 1) return []
  const args = rule.args ?? []
  const aliases: Aliases = new Map()
  const found = args.flatMap((arg, argument) =>
    arg.kind === "constant" ? [condition({ argument, path: [] }, [arg.value])] : []
  )
  for (const expression of branch.body) {
    const next = conditionOf(expression, args, aliases)
    if (next !== undefined) found.push(next)
  }
  return found
}

export class RuleIndex {
  readonly #place: Place | undefined
  readonly #byKey = new Map<Key, Array<number>>()
  readonly #always: Array<number> = []
  readonly #all: ReadonlyArray<number>

  constructor(rules: ReadonlyArray<CompiledRule>) {
    this.#all = rules.map((_, index) => index)
    if (rules.length < worthwhile) return
    const conditions = rules.map(conditionsOf)
    const seen = new Map<string, { readonly place: Place; readonly keys: Set<Key> }>()
    for (const { id, place, values } of conditions.flat()) {
      const known = seen.get(id) ?? { place, keys: new Set<Key>() }
      for (const value of values) known.keys.add(keyOf(value))
      seen.set(id, known)
    }
    const [best] = [...seen].sort(([, a], [, b]) => b.keys.size - a.keys.size)
    if (best === undefined || best[1].keys.size < 2) return
    this.#place = best[1].place
    for (const [index, found] of conditions.entries()) {
      const fitting = found.find(({ id }) => id === best[0])
      if (fitting === undefined) {
        this.#always.push(index)
        continue
      }
      for (const key of new Set(fitting.values.map(keyOf))) {
        const known = this.#byKey.get(key)
        if (known === undefined) this.#byKey.set(key, [index])
        else known.push(index)
      }
    }
  }

  /** The rules to try, by their position, in order. */
  candidates(input: Value | undefined, args: ReadonlyArray<Value>): ReadonlyArray<number> {
    const place = this.#place
    if (place === undefined) return this.#all
    let value = place.argument === undefined ? input : args[place.argument]
    for (const key of place.path) value = child(value, key)
    const found = value === undefined ? undefined : this.#byKey.get(keyOf(value))
    if (found === undefined) return this.#always
    if (this.#always.length === 0) return found
    return [...found, ...this.#always].sort((a, b) => a - b)
  }
}
