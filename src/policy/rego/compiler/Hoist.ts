/**
 * Takes nested calls and references out of expressions: `f(data.x) == g(y)` becomes `$1 = data.x; $2 = g(y);
 * f($1) == $2`. What remains is flat: calls have variables, constants and collections for operands. The expressions
 * taken out of `not` are outside it, as in OPA: `not f(input.x)` is undefined where `input.x` is.
 */
import type { Location } from "../syntax/Location.ts"
import type { Body, Comprehension, Expression, Form, Reference, Term, Variable, With } from "../syntax/Syntax.ts"
import { operatorTerm } from "../syntax/TermParser.ts"
import { objectOf, setOf } from "../values/Collections.ts"
import type { Value } from "../values/Value.ts"

export interface HoistOptions {
  /** Makes variables no source can name. */
  readonly fresh: (at: Location) => Variable
  /** Whether a term names a function: as the value of `with` it stays where it is. */
  readonly isFunction: (term: Term) => boolean
}

const constantOf = (term: Term): Value | undefined => (term.kind === "constant" ? term.value : undefined)

/** A collection of constants is a constant. */
const fold = (term: Term): Term => {
  if (term.kind === "array" || term.kind === "set") {
    const values = term.items.map(constantOf)
    const known = values.filter((value) => value !== undefined)
    if (known.length < values.length) return term
    return { kind: "constant", value: term.kind === "array" ? known : setOf(known), at: term.at }
  }
  if (term.kind !== "object") return term
  const pairs = term.pairs.flatMap(([key, value]) => {
    const [k, v] = [constantOf(key), constantOf(value)]
    return k === undefined || v === undefined ? [] : [[k, v] as const]
  })
  return pairs.length < term.pairs.length ? term : { kind: "constant", value: objectOf(pairs), at: term.at }
}

/** Whether a term is a reference without variables in its path: it has one value at most. */
const isFixed = (term: Term): boolean =>
  term.kind === "reference" && term.path.every((part) => part.kind === "constant")

export class Hoist {
  readonly #options: HoistOptions

  constructor(options: HoistOptions) {
    this.#options = options
  }

  /** Flattens a body and the terms of a head that uses its variables; these become variables, collections or constants. */
  body(body: Body, heads: ReadonlyArray<Term> = []): { readonly body: Body; readonly heads: ReadonlyArray<Term> } {
    const out: Array<Expression> = []
    for (const expression of body) this.#expression(expression, out)
    const flat = heads.map((head) => this.flat(head, out, []))
    return { body: out, heads: flat }
  }

  #expression(expression: Expression, out: Array<Expression>): void {
    const modifiers = expression.with.map((modifier) => this.#with(modifier, out))
    const { form, negated } = expression
    const rest = { ...expression, with: modifiers }
    switch (form.kind) {
      case "term": {
        const { term } = form
        const next: Form = { kind: "term", term: this.#side(term, out, modifiers, negated) }
        out.push({ ...rest, form: next })
        return
      }
      case "call": {
        const operator = form.operator.kind === "constant" ? form.operator.value : undefined
        const args = form.args.map((arg) =>
          operator === "eq" || (operator === "equal" && (negated || isFixed(arg)))
            ? this.#side(arg, out, modifiers, negated)
            : this.flat(arg, out, modifiers)
        )
        out.push({ ...rest, form: { ...form, args } })
        return
      }
      case "every": {
        const domain = this.flat(form.domain, out, modifiers)
        out.push({ ...rest, form: { ...form, domain, body: this.body(form.body).body } })
        return
      }
      default:
        out.push(rest)
    }
  }

  #with(modifier: With, out: Array<Expression>): With {
    const { isFunction } = this.#options
    if (isFunction(modifier.target) && isFunction(modifier.value)) {
      // A call without operands stands for the function itself.
      return { ...modifier, value: { kind: "call", operator: modifier.value, args: [], at: modifier.at } }
    }
    return { ...modifier, value: this.flat(modifier.value, out, []) }
  }

  /** A side of `=`, or a term that stands alone: references stay, with flat parts. */
  #side(term: Term, out: Array<Expression>, modifiers: ReadonlyArray<With>, negated: boolean): Term {
    if (term.kind === "reference") return this.#reference(term, out, modifiers)
    if (term.kind === "call" && !negated) {
      return { ...term, args: term.args.map((arg) => this.flat(arg, out, modifiers)) }
    }
    return this.flat(term, out, modifiers)
  }

  #reference(term: Reference, out: Array<Expression>, modifiers: ReadonlyArray<With>): Reference {
    const head =
      term.head.kind === "variable" ? term.head : this.#take(this.flat(term.head, out, modifiers), out, modifiers)
    return { ...term, head, path: term.path.map((part) => this.flat(part, out, modifiers)) }
  }

  /** Gives a term a name, by an expression of its own. */
  #take(term: Term, out: Array<Expression>, modifiers: ReadonlyArray<With>): Variable {
    if (term.kind === "variable") return term
    const name = this.#options.fresh(term.at)
    const form: Form = { kind: "call", operator: operatorTerm("eq", term.at), args: [name, term] }
    out.push({ form, negated: false, with: modifiers, at: term.at })
    return name
  }

  flat(term: Term, out: Array<Expression>, modifiers: ReadonlyArray<With>): Term {
    const inner = (part: Term): Term => this.flat(part, out, modifiers)
    switch (term.kind) {
      case "constant":
      case "variable":
      case "template":
        return term
      case "reference":
        return this.#take(this.#reference(term, out, modifiers), out, modifiers)
      case "call":
        return this.#take({ ...term, args: term.args.map(inner) }, out, modifiers)
      case "array":
      case "set":
        return fold({ ...term, items: term.items.map(inner) })
      case "object":
        return fold({ ...term, pairs: term.pairs.map(([key, value]) => [inner(key), inner(value)] as const) })
      default:
        return this.#comprehension(term)
    }
  }

  #comprehension(term: Comprehension): Term {
    if (term.kind === "objectComprehension") {
      const { body, heads } = this.body(term.body, [term.key, term.value])
      return { ...term, body, key: heads[0] ?? term.key, value: heads[1] ?? term.value }
    }
    const { body, heads } = this.body(term.body, [term.value])
    return { ...term, body, value: heads[0] ?? term.value }
  }
}
