/** Which variables terms and bodies have. */
import type { Body, Comprehension, Expression, Term, Variable } from "../syntax/Syntax.ts"
import { subterms } from "../syntax/Walk.ts"

export const isRoot = (name: string): boolean => name === "data" || name === "input"

/** Names of roots, and of functions in calls, are no variables. */
const operands = (term: Term): ReadonlyArray<Term> => (term.kind === "call" ? term.args : subterms(term))

const isComprehension = (term: Term): term is Comprehension =>
  term.kind === "arrayComprehension" || term.kind === "setComprehension" || term.kind === "objectComprehension"

/** Calls back for each variable of a term outside comprehensions. */
export const eachVariable = (term: Term, found: (variable: Variable) => void): void => {
  if (term.kind === "variable") {
    if (!isRoot(term.name)) found(term)
  } else for (const inner of operands(term)) eachVariable(inner, found)
}

/** Calls back for each comprehension of a term that is not inside another one. */
export const eachComprehension = (term: Term, found: (term: Comprehension) => void): void => {
  if (isComprehension(term)) found(term)
  else for (const inner of operands(term)) eachComprehension(inner, found)
}

/** The terms of an expression, those of `with` included; the body of `every` is not. */
export const termsOf = ({ form, with: modifiers }: Expression): ReadonlyArray<Term> => {
  const values = modifiers.map(({ value }) => value)
  switch (form.kind) {
    case "term":
      return [form.term, ...values]
    case "call":
      return [...form.args, ...values]
    case "some":
      return form.variables
    case "someIn":
      return [...(form.key === undefined ? [] : [form.key]), form.value, form.domain, ...values]
    case "every":
      return [form.domain, ...values]
  }
}

/** Variables of an expression outside the bodies nested in it. */
export const ownVariables = (expression: Expression): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const term of termsOf(expression)) eachVariable(term, ({ name }) => names.add(name))
  return names
}

export const bodyVariables = (body: Body): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const expression of body) for (const name of ownVariables(expression)) names.add(name)
  return names
}

const everything = (body: Body, heads: ReadonlyArray<Term>, names: Set<string>): void => {
  for (const term of [...heads, ...body.flatMap(termsOf)]) {
    eachVariable(term, ({ name }) => names.add(name))
    eachComprehension(term, (inner) => everything(inner.body, comprehensionHead(inner), names))
  }
  for (const { form } of body) {
    if (form.kind !== "every") continue
    const own = new Set<string>()
    everything(form.body, [], own)
    own.delete(form.value.name)
    if (form.key !== undefined) own.delete(form.key.name)
    for (const name of own) names.add(name)
  }
}

/** The terms a comprehension collects. */
export const comprehensionHead = (term: Comprehension): ReadonlyArray<Term> =>
  term.kind === "objectComprehension" ? [term.key, term.value] : [term.value]

/** Every variable in the bodies nested in an expression: of comprehensions and of `every`. */
export const nestedVariables = (expression: Expression): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const term of termsOf(expression)) {
    eachComprehension(term, (inner) => everything(inner.body, comprehensionHead(inner), names))
  }
  if (expression.form.kind === "every") everything([{ ...expression, with: [] }], [], names)
  return names
}
