/** Finds the references and calls in compiled rules. */
import type { Body, Reference, Term, With } from "../syntax/Syntax.ts"
import { subterms } from "../syntax/Walk.ts"
import type { CompiledRule } from "./RuleTree.ts"
import { comprehensionHead, termsOf } from "./Variables.ts"

/** Sees every term of a body, with the `with` in force there. */
export type Visitor = (term: Term, modifiers: ReadonlyArray<With>) => void

export const visitTerm = (term: Term, modifiers: ReadonlyArray<With>, visit: Visitor): void => {
  visit(term, modifiers)
  if (term.kind === "arrayComprehension" || term.kind === "setComprehension" || term.kind === "objectComprehension") {
    visitBody(term.body, modifiers, visit)
    for (const head of comprehensionHead(term)) visitTerm(head, modifiers, visit)
  } else for (const inner of subterms(term)) visitTerm(inner, modifiers, visit)
}

export const visitBody = (body: Body, modifiers: ReadonlyArray<With>, visit: Visitor): void => {
  for (const expression of body) {
    const inner = expression.with.length === 0 ? modifiers : [...modifiers, ...expression.with]
    // A call among the values of `with` names a function.
    for (const { value } of expression.with) {
      visitTerm(value.kind === "call" ? value.operator : value, modifiers, visit)
    }
    const { form } = expression
    if (form.kind === "call") {
      visitTerm({ kind: "call", operator: form.operator, args: form.args, at: expression.at }, inner, visit)
    } else for (const term of termsOf({ ...expression, with: [] })) visitTerm(term, inner, visit)
    if (form.kind === "every") visitBody(form.body, inner, visit)
  }
}

export const visitRule = (rule: CompiledRule, visit: Visitor): void => {
  for (const term of [...rule.suffix, ...(rule.args ?? []), ...(rule.member === undefined ? [] : [rule.member])]) {
    visitTerm(term, [], visit)
  }
  for (const { body, value } of rule.branches) {
    visitBody(body, [], visit)
    if (value !== undefined) visitTerm(value, [], visit)
  }
}

export const isDataReference = (term: Term): term is Reference =>
  term.kind === "reference" && term.head.kind === "variable" && term.head.name === "data"

/** Every reference below `data` in a rule, functions it calls included. */
export const ruleReferences = (rule: CompiledRule): ReadonlyArray<Reference> => {
  const found: Array<Reference> = []
  visitRule(rule, (term) => {
    if (isDataReference(term)) found.push(term)
  })
  return found
}
