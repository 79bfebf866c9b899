/**
 * Orders the expressions of a body so that every variable has a value where one is needed, and reports those that
 * never get one (`rego_unsafe_var_error`).
 */
import type { Body, Comprehension, Expression, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { rewriteExpression, rewriteTerm } from "../syntax/Walk.ts"
import type { Bound } from "./Bound.ts"
import type { Errors } from "./Errors.ts"
import { isBound, pathOf, patternOf, unify } from "./Unify.ts"
import { bodyVariables, comprehensionHead, eachVariable, nestedVariables, ownVariables } from "./Variables.ts"

/** How many operands a function takes; undefined when there is no such function. */
export type Arity = (operator: Term) => number | undefined

export const isUnification = (operator: Term): boolean => operator.kind === "constant" && operator.value === "eq"

/** A variable's name as the source has it; undefined for those that the compiler made. */
export const sourceName = (name: string): string | undefined =>
  name.startsWith("$l") || name.startsWith("$u") ? undefined : name.startsWith("$") ? "_" : name.replace(/\$\d+$/, "")

/**
 * Whether an expression can be evaluated when `bound` have values. Adds the variables that have values afterwards;
 * what it adds is void when it returns false.
 */
export const produces = (expression: Expression, bound: Bound, arity: Arity): boolean => {
  const { form, negated } = expression
  if (!expression.with.every(({ value }) => isBound(value, bound))) return false
  if (negated) return [...ownVariables(expression)].every((name) => bound.has(name))
  switch (form.kind) {
    case "term":
      return isBound(form.term, bound) || (form.term.kind === "reference" && pathOf(form.term, bound) !== undefined)
    case "call": {
      const [first, second] = form.args
      if (isUnification(form.operator) && first !== undefined && second !== undefined && form.args.length === 2) {
        return unify(first, second, bound) !== undefined
      }
      const count = arity(form.operator)
      const inputs = count === undefined ? form.args : form.args.slice(0, count)
      if (!inputs.every((arg) => isBound(arg, bound))) return false
      return form.args.slice(inputs.length).every((arg) => patternOf(arg, bound) !== undefined)
    }
    case "every":
      return isBound(form.domain, bound)
    default:
      return true
  }
}

/** How often expressions are looked at, in all, to order one body. */
const mostWork = 500_000

export class Order {
  readonly #arity: Arity
  readonly #errors: Errors

  constructor(arity: Arity, errors: Errors) {
    this.#arity = arity
    this.#errors = errors
  }

  /** Orders a body; adds its variables to `bound`. */
  body(body: Body, bound: Bound): Body {
    const own = bodyVariables(body)
    const ordered: Array<Expression> = []
    let waiting = body
    let work = 0
    while (waiting.length > 0) {
      const later: Array<Expression> = []
      work += waiting.length
      if (work > mostWork) {
        const [first] = waiting
        if (first !== undefined) this.#errors.add("rego_compile_error", "body too complex to be ordered", first.at)
        break
      }
      for (const expression of waiting) {
        const attempt = bound.fork()
        const closed = [...nestedVariables(expression)].every((name) => !own.has(name) || bound.has(name))
        if (closed && produces(expression, attempt, this.#arity)) {
          ordered.push(this.#inside(expression, bound))
          attempt.commit()
        } else later.push(expression)
      }
      if (later.length === waiting.length) {
        this.#report(later, bound, own)
        break
      }
      waiting = later
    }
    return ordered
  }

  /** Orders the bodies nested in an expression. */
  #inside(expression: Expression, bound: Bound): Expression {
    const { form } = expression
    const rewritten = rewriteExpression(
      form.kind === "every" ? { ...expression, form: { kind: "term", term: form.domain } } : expression,
      { term: (term) => this.#comprehension(term, bound), body: (body) => body }
    )
    if (form.kind !== "every") return rewritten
    const inner = bound.fork()
    inner.add(form.value.name)
    if (form.key !== undefined) inner.add(form.key.name)
    const domain = rewritten.form.kind === "term" ? rewritten.form.term : form.domain
    return { ...rewritten, form: { ...form, domain, body: this.body(form.body, inner) } }
  }

  #comprehension(term: Term, bound: Bound): Term | undefined {
    switch (term.kind) {
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension":
        return this.#ordered(term, bound)
      default:
        return undefined
    }
  }

  #ordered<A extends Comprehension>(term: A, bound: Bound): A {
    const inner = bound.fork()
    const body = this.body(term.body, inner)
    this.head(comprehensionHead(term), inner)
    return { ...term, ...this.#heads(term, inner), body }
  }

  #heads(term: Comprehension, bound: Bound): { readonly value: Term; readonly key?: Term } {
    const value = this.nested(term.value, bound)
    return term.kind === "objectComprehension" ? { value, key: this.nested(term.key, bound) } : { value }
  }

  /** Orders the comprehensions in a term. */
  nested(term: Term, bound: Bound): Term {
    return rewriteTerm(term, { term: (found) => this.#comprehension(found, bound), body: (body) => body })
  }

  /** Reports variables of a head that its body gives no value. */
  head(terms: ReadonlyArray<Term>, bound: Bound): void {
    const reported = new Set<string>()
    for (const term of terms) {
      eachVariable(term, ({ name, at }) => {
        if (bound.has(name) || reported.has(name)) return
        reported.add(name)
        const shown = sourceName(name)
        if (shown !== undefined) this.#errors.add("rego_unsafe_var_error", `var ${shown} is unsafe`, at)
      })
    }
  }

  #report(waiting: Body, bound: Bound, own: ReadonlySet<string>): void {
    const reported = new Set<string>()
    for (const expression of waiting) {
      const { form, at } = expression
      if (form.kind === "call" && this.#arity(form.operator) === undefined && !isUnification(form.operator)) {
        this.#errors.add("rego_type_error", `undefined function ${operatorName(form.operator) ?? "?"}`, at)
        continue
      }
      const names = [...ownVariables(expression), ...[...nestedVariables(expression)].filter((name) => own.has(name))]
      for (const name of names) {
        const shown = sourceName(name)
        if (bound.has(name) || reported.has(name) || shown === undefined) continue
        reported.add(name)
        this.#errors.add("rego_unsafe_var_error", `var ${shown} is unsafe`, at)
      }
    }
    const first = waiting[0]
    if (reported.size === 0 && first !== undefined) {
      this.#errors.add("rego_unsafe_var_error", "expression is unsafe", first.at)
    }
  }
}
