/** Compiles one rule or query: resolves its names, flattens it and orders its bodies. */
import type { Builtin } from "../builtins/Builtin.ts"
import type { Location } from "../syntax/Location.ts"
import type { Body, Expression, Form, Module, Rule, Term, With } from "../syntax/Syntax.ts"
import { constant, operatorName, operatorTerm, variable } from "../syntax/TermParser.ts"
import type { Errors } from "./Errors.ts"
import { Hoist } from "./Hoist.ts"
import type { Metadata } from "./Metadata.ts"
import { type Globals, Names } from "./Names.ts"
import { isUnification, Order } from "./Order.ts"
import { type Visitor, visitBody, visitTerm } from "./References.ts"
import { type Branch, type CompiledRule, type RuleTree, splitPath } from "./RuleTree.ts"
import { type Bound, patternOf } from "./Unify.ts"
import { bodyVariables } from "./Variables.ts"

export interface CompiledQuery {
  readonly body: Body
  /** The variables of the query, which its results bind. */
  readonly variables: ReadonlyArray<string>
  /** For each expression the variable that holds its value; undefined where the value is true. */
  readonly values: ReadonlyArray<string | undefined>
}

export class RuleCompiler {
  readonly #tree: RuleTree
  readonly #builtins: ReadonlyMap<string, Builtin>
  readonly #errors: Errors
  readonly #order: Order

  constructor(tree: RuleTree, builtins: ReadonlyMap<string, Builtin>, errors: Errors) {
    this.#tree = tree
    this.#builtins = builtins
    this.#errors = errors
    this.#order = new Order((operator) => this.arity(operator), errors)
  }

  /** How many operands a function takes; undefined when there is none of this name. */
  arity(operator: Term): number | undefined {
    const name = operatorName(operator)
    const builtin = name === undefined ? undefined : this.#builtins.get(name)
    return builtin?.args.length ?? this.#tree.functionAt(operator)?.arity
  }

  #hoist(names: Names): Hoist {
    return new Hoist({ fresh: (at) => names.fresh(at), isFunction: (term) => this.arity(term) !== undefined })
  }

  rule(rule: Rule, module: Module, globals: Globals, metadata: Metadata): void {
    const { head } = rule
    const names = new Names(globals, this.#errors, {
      rule: () => metadata.rule(rule),
      chain: () => metadata.chain(module, rule)
    })
    const hoist = this.#hoist(names)
    const resolved = names.enter(head.args ?? [])
    const patterns: Array<Expression> = []
    const args = resolved.map((arg) => hoist.flat(arg, patterns, []))
    const bound: Bound = new Set()
    for (const arg of args) {
      if (patternOf(arg, bound) === undefined) this.#order.head([arg], bound)
    }
    const first =
      head.reference.head.kind === "variable" ? constant(head.reference.head.name, head.at) : head.reference.head
    const path = [...module.package.path, first, ...head.reference.path]
    const { names: known, rest } = splitPath(path)
    let suffix: ReadonlyArray<Term> = []
    let member: Term | undefined
    const branch = (body: Body, value: Term | undefined, isFirst: boolean, at: Location): Branch =>
      names.within(body, (inner) => {
        const heads = isFirst ? [...rest, ...(head.member === undefined ? [] : [head.member])] : []
        const terms = [...heads, ...(value === undefined ? [] : [value])].map((term) => names.term(term))
        const flat = hoist.body([...patterns, ...inner], terms)
        this.#checkCalls(flat.body, flat.heads)
        const scope = new Set(bound)
        const ordered = this.#order.body(flat.body, scope)
        this.#order.head(flat.heads, scope)
        const nested = flat.heads.map((term) => this.#order.nested(term, scope))
        if (isFirst) {
          suffix = nested.slice(0, rest.length)
          if (head.member !== undefined) member = nested[rest.length]
        }
        return { value: value === undefined ? undefined : nested.at(-1), body: ordered, at }
      })
    const branches = [
      branch(rule.body, head.value, true, rule.at),
      ...rule.otherwise.map((other) => branch(other.body, other.value, false, other.at))
    ]
    names.leave()
    const compiled: CompiledRule = {
      suffix,
      args: head.args === undefined ? undefined : args,
      member,
      branches,
      at: rule.at
    }
    const node = this.#tree.node(known)
    if (rule.isDefault) node.default = compiled
    else node.rules.push(compiled)
  }

  query(body: Body): CompiledQuery {
    const values: Array<string | undefined> = []
    const captured = body.map((expression, index): Expression => {
      const { form, negated, at } = expression
      const isCall =
        form.kind === "call" &&
        !(form.operator.kind === "constant" && ["eq", "assign"].includes(String(form.operator.value)))
      const keeps = !negated && (form.kind === "term" || (isCall && this.arity(form.operator) === form.args.length))
      values.push(keeps ? `$q${index}` : undefined)
      if (!keeps) return expression
      const term: Term =
        form.kind === "term" ? form.term : { kind: "call", operator: form.operator, args: form.args, at }
      const next: Form = { kind: "call", operator: operatorTerm("eq", at), args: [variable(`$q${index}`, at), term] }
      return { ...expression, form: next }
    })
    const names = new Names(new Map(), this.#errors)
    names.enter([])
    const declared = new Map<string, string>()
    const ordered = names.within(captured, (inner) => {
      const flat = this.#hoist(names).body(inner)
      this.#checkCalls(flat.body, [])
      for (const name of bodyVariables(flat.body)) {
        if (!name.startsWith("$")) declared.set(name, name.replace(/\$\d+$/, ""))
      }
      return this.#order.body(flat.body, new Set())
    })
    names.leave()
    return { body: ordered, variables: [...declared.keys()], values }
  }

  /** Calls must name functions and fit them; `with` must name what it can replace. */
  #checkCalls(body: Body, heads: ReadonlyArray<Term>): void {
    const seen = new Set<With>()
    const visit: Visitor = (term, modifiers) => {
      for (const modifier of modifiers) {
        if (!seen.has(modifier)) this.#checkWith(modifier)
        seen.add(modifier)
      }
      if (term.kind !== "call" || isUnification(term.operator)) return
      const name = operatorName(term.operator) ?? "?"
      const count = this.arity(term.operator)
      const given = term.args.length
      if (count === undefined) this.#errors.add("rego_type_error", `undefined function ${name}`, term.at)
      else if (given !== count && given !== count + 1) {
        this.#errors.add("rego_type_error", `${name}: arity mismatch`, term.at, [
          `\thave: ${given}`,
          `\twant: ${count}`
        ])
      }
    }
    visitBody(body, [], visit)
    for (const head of heads) visitTerm(head, [], visit)
  }

  #checkWith({ target, value, at }: With): void {
    const replaced = this.arity(target)
    if (replaced !== undefined) {
      const replacement = value.kind === "call" ? this.arity(value.operator) : undefined
      if (replacement !== undefined && replacement !== replaced) {
        this.#errors.add("rego_type_error", `${operatorName(target) ?? "?"}: arity mismatch`, at)
      }
      return
    }
    const root = target.kind === "reference" && target.head.kind === "variable" ? target.head.name : ""
    if (root === "data" && target.kind === "reference") this.#checkReplaced(target.path, at)
    else if (root !== "input") {
      const message = "with keyword target must reference existing input, data, or a function"
      this.#errors.add("rego_type_error", message, at)
    }
  }

  #checkReplaced(path: ReadonlyArray<Term>, at: Location): void {
    const { names } = splitPath(path)
    let node = this.#tree.root
    for (const name of names.slice(0, -1)) {
      const child = node.children.get(name)
      if (child === undefined) return
      if (child.kind !== "package") {
        this.#errors.add("rego_compile_error", "with keyword cannot partially replace virtual document(s)", at)
        return
      }
      node = child
    }
  }
}
