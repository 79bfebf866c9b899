/** Walks over syntax trees. */
import type { Body, Expression, Form, Term } from "./Syntax.ts"

/** The terms directly below a term; bodies of comprehensions and of templates are left out. */
export const subterms = (term: Term): ReadonlyArray<Term> => {
  switch (term.kind) {
    case "reference":
      return [term.head, ...term.path]
    case "call":
      return [term.operator, ...term.args]
    case "array":
    case "set":
      return term.items
    case "object":
      return term.pairs.flat()
    default:
      return []
  }
}

/** The first term, from the outside in, that a test holds for; comprehensions are not entered. */
export const findInTerm = (term: Term, test: (term: Term) => boolean): Term | undefined => {
  if (test(term)) return term
  for (const inner of subterms(term)) {
    const found = findInTerm(inner, test)
    if (found !== undefined) return found
  }
  return undefined
}

/** Rebuilds terms: `term` is asked first, and where it has no answer the term's parts are rebuilt. */
export interface Rewriter {
  readonly term: (term: Term) => Term | undefined
  readonly body: (body: Body) => Body
}

export const rewriteTerm = (term: Term, rewriter: Rewriter): Term => {
  const known = rewriter.term(term)
  if (known !== undefined) return known
  const inner = (part: Term): Term => rewriteTerm(part, rewriter)
  switch (term.kind) {
    case "constant":
    case "variable":
      return term
    case "reference":
      return { ...term, head: inner(term.head), path: term.path.map(inner) }
    case "call":
      return { ...term, operator: inner(term.operator), args: term.args.map(inner) }
    case "array":
    case "set":
      return { ...term, items: term.items.map(inner) }
    case "object":
      return { ...term, pairs: term.pairs.map(([key, value]) => [inner(key), inner(value)] as const) }
    case "arrayComprehension":
    case "setComprehension":
      return { ...term, value: inner(term.value), body: rewriter.body(term.body) }
    case "objectComprehension":
      return { ...term, key: inner(term.key), value: inner(term.value), body: rewriter.body(term.body) }
    case "template":
      return {
        ...term,
        parts: term.parts.map((part) => (typeof part === "string" ? part : rewriteExpression(part, rewriter)))
      }
  }
}

const rewriteForm = (form: Form, rewriter: Rewriter): Form => {
  const inner = (part: Term): Term => rewriteTerm(part, rewriter)
  switch (form.kind) {
    case "term":
      return { kind: "term", term: inner(form.term) }
    case "call":
      return { kind: "call", operator: inner(form.operator), args: form.args.map(inner) }
    case "some":
      return form
    case "someIn":
      return {
        kind: "someIn",
        key: form.key === undefined ? undefined : inner(form.key),
        value: inner(form.value),
        domain: inner(form.domain)
      }
    case "every":
      return { ...form, domain: inner(form.domain), body: rewriter.body(form.body) }
  }
}

export const rewriteExpression = (expression: Expression, rewriter: Rewriter): Expression => ({
  ...expression,
  form: rewriteForm(expression.form, rewriter),
  with: expression.with.map((modifier) => ({
    ...modifier,
    target: rewriteTerm(modifier.target, rewriter),
    value: rewriteTerm(modifier.value, rewriter)
  }))
})
