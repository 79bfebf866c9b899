/** Bodies to closures. Expressions with at most one solution run in a loop; the others call what follows once for each. */

import type { Bound } from "../compiler/Bound.ts"
import { isUnification } from "../compiler/Order.ts"
import { isBound, type Match, pathOf, patternOf, unify } from "../compiler/Unify.ts"
import type { Body, Call, Expression, Form, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import type { Value } from "../values/Value.ts"
import { someMember } from "./Lookup.ts"
import { compileWith } from "./Replace.ts"
import type { Frame, Matcher, Step } from "./Runtime.ts"
import { failed, type Terms } from "./Terms.ts"

/** An expression: a test, or a search that calls `next` for each solution until it returns true. */
type Operation =
  | { readonly test: (frame: Frame) => boolean }
  | { readonly search: (frame: Frame, next: Step) => boolean }

/** Puts operations before a step. */
const sequence = (operations: ReadonlyArray<Operation>, last: Step): Step => {
  let step = last
  for (let index = operations.length - 1; index >= 0; ) {
    const operation = operations[index]
    if (operation !== undefined && "search" in operation) {
      const { search } = operation
      const next = step
      step = (frame) => {
        frame.run.budget.spend(1)
        return search(frame, next)
      }
      index--
      continue
    }
    const tests: Array<(frame: Frame) => boolean> = []
    for (let found = operations[index]; found !== undefined && "test" in found; found = operations[--index]) {
      tests.push(found.test)
    }
    tests.reverse()
    const next = step
    step = (frame) => {
      frame.run.budget.spend(tests.length)
      for (const test of tests) if (!test(frame)) return false
      return next(frame)
    }
  }
  return step
}

const succeed: Step = () => true

/** Whether the built-in a call names has many results. */
const relationOf = (term: Term, terms: Terms) => {
  if (term.kind !== "call" || terms.environment.tree.functionAt(term.operator) !== undefined) return undefined
  const builtin = terms.environment.builtins.get(operatorName(term.operator) ?? "")
  return builtin !== undefined && "each" in builtin ? builtin : undefined
}

const relation = (call: Call, matches: Matcher, bound: Bound, terms: Terms): Operation | undefined => {
  const builtin = relationOf(call, terms)
  if (builtin === undefined) return undefined
  const args = terms.list(call.args, bound)
  return {
    search: (frame, next) => {
      const values = args(frame)
      if (values === undefined) return false
      try {
        for (const value of builtin.each(values, frame.run.context)) {
          if (matches(frame, value) && next(frame)) return true
        }
        return false
      } catch (error) {
        failed(error, frame, call.at)
        return false
      }
    }
  }
}

const match = (step: Match, bound: Bound, terms: Terms): Operation => {
  if (step.kind === "never") return { test: () => false }
  const matches = terms.matcher(step.pattern, bound)
  if (step.kind === "iterate") {
    const iterate = terms.references.iterate(step.reference, step.path, bound)
    return { search: (frame, next) => iterate(frame, (value) => matches(frame, value) && next(frame)) }
  }
  const many = step.term.kind === "call" ? relation(step.term, matches, bound, terms) : undefined
  if (many !== undefined) return many
  const getter = terms.getter(step.term, bound)
  return {
    test: (frame) => {
      const value = getter(frame)
      return value !== undefined && matches(frame, value)
    }
  }
}

const isTrue = (value: Value | undefined): boolean => value !== undefined && value !== false

const compileCall = (
  form: Extract<Form, { kind: "call" }>,
  expression: Expression,
  bound: Bound,
  terms: Terms
): ReadonlyArray<Operation> => {
  const { operator, args } = form
  const [first, second] = args
  if (isUnification(operator) && first !== undefined && second !== undefined) {
    const steps = unify(first, second, bound) ?? []
    return steps.map((step) => match(step, bound, terms))
  }
  const { tree, builtins } = terms.environment
  const count = tree.functionAt(operator)?.arity ?? builtins.get(operatorName(operator) ?? "")?.args.length ?? 0
  const call: Call = { kind: "call", operator, args: args.slice(0, count), at: expression.at }
  const output = args[count]
  const pattern = output === undefined ? undefined : patternOf(output, bound)
  const matches: Matcher = pattern === undefined ? (_, value) => value !== false : terms.matcher(pattern, bound)
  const many = relation(call, matches, bound, terms)
  if (many !== undefined) return [many]
  const getter = terms.call(call, bound)
  return [
    {
      test: (frame) => {
        const value = getter(frame)
        return value !== undefined && matches(frame, value)
      }
    }
  ]
}

const compileEvery = (form: Extract<Form, { kind: "every" }>, bound: Bound, terms: Terms): Operation => {
  const domain = terms.getter(form.domain, bound)
  const inner = bound.fork()
  inner.add(form.value.name)
  if (form.key !== undefined) inner.add(form.key.name)
  const value = terms.slot(form.value.name)
  const key = form.key === undefined ? undefined : terms.slot(form.key.name)
  const body = compileBody(form.body, inner, () => succeed, terms)
  return {
    test: (frame) => {
      const members = domain(frame)
      if (members === undefined || typeof members !== "object" || members === null) return false
      return !someMember(members, (found, member) => {
        frame.run.budget.spend(1)
        frame.slots[value] = member
        if (key !== undefined) frame.slots[key] = found
        return !body(frame)
      })
    }
  }
}

const compileForm = (expression: Expression, bound: Bound, terms: Terms): ReadonlyArray<Operation> => {
  const { form } = expression
  switch (form.kind) {
    case "term": {
      const { term } = form
      if (term.kind === "reference" && !isBound(term, bound)) {
        const path = pathOf(term, bound) ?? []
        const iterate = terms.references.iterate(term, path, bound)
        return [{ search: (frame, next) => iterate(frame, (value) => value !== false && next(frame)) }]
      }
      const getter = terms.getter(term, bound)
      return [{ test: (frame) => isTrue(getter(frame)) }]
    }
    case "call":
      return compileCall(form, expression, bound, terms)
    case "every":
      return [compileEvery(form, bound, terms)]
    default:
      return []
  }
}

const compileExpression = (expression: Expression, bound: Bound, terms: Terms): ReadonlyArray<Operation> => {
  const replace = expression.with.length === 0 ? undefined : compileWith(expression.with, bound, terms)
  let operations = compileForm(expression, bound, terms)
  if (expression.negated) {
    const inner = sequence(operations, succeed)
    operations = [{ test: (frame) => !inner(frame) }]
  }
  if (replace === undefined) return operations
  const within = operations
  if (within.every((operation) => "test" in operation)) {
    const inner = sequence(within, succeed)
    const test = (frame: Frame): boolean => {
      const outer = frame.scope
      const scope = replace(frame)
      if (scope === undefined) return false
      frame.scope = scope
      const result = inner(frame)
      frame.scope = outer
      return result
    }
    return [{ test }]
  }
  return [
    {
      search: (frame, next) => {
        const outer = frame.scope
        const scope = replace(frame)
        if (scope === undefined) return false
        frame.scope = scope
        const stopped = sequence(within, (inner) => {
          inner.scope = outer
          const result = next(inner)
          inner.scope = scope
          return result
        })(frame)
        frame.scope = outer
        return stopped
      }
    }
  ]
}

/** Compiles an ordered body. `last` makes the step that runs for each solution. Adds the body's variables to `bound`. */
export const compileBody = (body: Body, bound: Bound, last: (bound: Bound) => Step, terms: Terms): Step => {
  const operations = body.flatMap((expression) => compileExpression(expression, bound, terms))
  return sequence(operations, last(bound))
}
