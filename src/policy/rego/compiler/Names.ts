/**
 * Resolves names. Names of rules and imports become references below `data` and `input`; variables that a body
 * declares get names of their own, so that after this stage equal names mean the same variable throughout a rule.
 * `some … in` and template strings are rewritten into simpler forms on the way.
 */
import type { Location } from "../syntax/Location.ts"
import type { Body, Call, Expression, Form, Reference, Term, Variable, With } from "../syntax/Syntax.ts"
import { constant, operatorName, operatorTerm, variable } from "../syntax/TermParser.ts"
import { rewriteTerm } from "../syntax/Walk.ts"
import type { Value } from "../values/Value.ts"
import type { Errors } from "./Errors.ts"
import { eachVariable } from "./Variables.ts"

/** What the names of a module's rules and imports stand for. */
export type Globals = ReadonlyMap<string, Reference>

/** What a rule's annotations are to itself. */
export interface Annotations {
  readonly rule: () => Value
  readonly chain: () => Value
}

interface Declared {
  readonly name: string
  readonly at: Location
  used: boolean
  /** Declared with `some`: it is a fault when nothing uses it. */
  readonly some: boolean
}

interface Scope {
  readonly declared: Map<string, Declared>
  /** Names the body declares somewhere: they do not stand for rules, even above. */
  readonly pending: ReadonlySet<string>
}

/** Variables in a pattern: those in its collections, not those inside references and calls. */
const patternVariables = (pattern: Term): ReadonlyArray<Variable> => {
  switch (pattern.kind) {
    case "variable":
      return [pattern]
    case "array":
    case "set":
      return pattern.items.flatMap(patternVariables)
    case "object":
      return pattern.pairs.flatMap(([, value]) => patternVariables(value))
    default:
      return []
  }
}

const isWildcard = (name: string): boolean => name.startsWith("$")

const isAssign = (form: Form): boolean =>
  form.kind === "call" && form.operator.kind === "constant" && form.operator.value === "assign"

const pendingIn = (body: Body): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const { form } of body) {
    if (form.kind === "some") for (const { name } of form.variables) names.add(name)
    if (form.kind === "someIn") {
      const patterns = form.key === undefined ? [form.value] : [form.key, form.value]
      for (const { name } of patterns.flatMap(patternVariables)) names.add(name)
    }
    if (form.kind === "call" && isAssign(form)) {
      for (const { name } of form.args.slice(0, 1).flatMap(patternVariables)) names.add(name)
    }
  }
  return names
}

export class Names {
  readonly #globals: Globals
  readonly #annotations: Annotations | undefined
  readonly #errors: Errors
  readonly #scopes: Array<Scope> = []
  #fresh = 0

  constructor(globals: Globals, errors: Errors, annotations?: Annotations) {
    this.#globals = globals
    this.#annotations = annotations
    this.#errors = errors
  }

  /** A variable no source can name. */
  fresh(at: Location): Variable {
    return variable(`$l${this.#fresh++}`, at)
  }

  /** Opens a scope for a rule's parameters and returns them renamed. */
  enter(args: ReadonlyArray<Term>): ReadonlyArray<Term> {
    const declared = new Map<string, Declared>()
    this.#scopes.push({ declared, pending: new Set() })
    for (const arg of args) {
      eachVariable(arg, ({ name, at }) => {
        if (!isWildcard(name) && !declared.has(name)) {
          declared.set(name, { name: `${name}$${this.#fresh++}`, at, used: true, some: false })
        }
      })
    }
    return args.map((arg) => this.term(arg))
  }

  leave(): void {
    const scope = this.#scopes.pop()
    for (const [name, { used, some, at }] of scope?.declared ?? []) {
      if (some && !used) this.#errors.add("rego_compile_error", `declared var ${name} unused`, at)
    }
  }

  /** Resolves a body in a scope of its own; `finish` resolves what may use its variables (a head). */
  within<A>(body: Body, finish: (body: Body) => A): A {
    this.#scopes.push({ declared: new Map(), pending: pendingIn(body) })
    const result = finish(body.flatMap((expression) => this.#expression(expression)))
    this.leave()
    return result
  }

  #find(name: string): Declared | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const found = this.#scopes[index]?.declared.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  #declare({ name, at }: Variable, some: boolean): void {
    if (isWildcard(name)) return
    const scope = this.#scopes.at(-1)
    const known = scope?.declared.get(name)
    if (known !== undefined && !(known.some && !known.used && !some)) {
      this.#errors.add("rego_compile_error", `var ${name} ${known.some ? "declared" : "assigned"} above`, at)
    }
    scope?.declared.set(name, { name: `${name}$${this.#fresh++}`, at, used: false, some })
  }

  term(term: Term): Term {
    return rewriteTerm(term, {
      term: (found) => this.#special(found),
      body: (body) => body
    })
  }

  /** Terms with rules of their own; undefined for those whose parts are resolved one by one. */
  #special(term: Term): Term | undefined {
    switch (term.kind) {
      case "variable":
        return this.#variable(term)
      case "reference":
        return this.#reference(term)
      case "arrayComprehension":
      case "setComprehension":
        return this.within(term.body, (body) => ({ ...term, value: this.term(term.value), body }))
      case "objectComprehension":
        return this.within(term.body, (body) => ({
          ...term,
          key: this.term(term.key),
          value: this.term(term.value),
          body
        }))
      case "template":
        return this.#template(term.parts, term.at)
      case "call":
        return this.#annotation(term)
      default:
        return undefined
    }
  }

  /** A call for the rule's own annotations is their value. */
  #annotation({ operator, args, at }: Call): Term | undefined {
    const name = args.length === 0 && this.#annotations !== undefined ? operatorName(operator) : undefined
    if (name === "rego.metadata.rule") return constant(this.#annotations?.rule() ?? null, at)
    return name === "rego.metadata.chain" ? constant(this.#annotations?.chain() ?? null, at) : undefined
  }

  #variable(term: Variable): Term {
    const { name, at } = term
    if (isWildcard(name)) return term
    const declared = this.#find(name)
    if (declared !== undefined) {
      declared.used = true
      return variable(declared.name, at)
    }
    if (this.#scopes.at(-1)?.pending.has(name)) {
      this.#errors.add("rego_compile_error", `var ${name} referenced above`, at)
    }
    // A name that is declared further down does not stand for a rule before.
    if (this.#scopes.some((scope) => scope.pending.has(name))) return term
    const global = this.#globals.get(name)
    return global === undefined ? term : { ...global, at }
  }

  #reference(term: Reference): Term {
    const head = this.term(term.head)
    const path = term.path.map((part) => this.term(part))
    if (head.kind !== "reference") return { ...term, head, path }
    return { ...term, head: head.head, path: [...head.path, ...path] }
  }

  /** Every expression in a template becomes a set of its values: an empty one is shown as undefined. */
  #template(parts: ReadonlyArray<string | Expression>, at: Location): Term {
    const items = parts.map((part): Term => {
      if (typeof part === "string") return { kind: "constant", value: part, at }
      const value = this.fresh(part.at)
      const term: Term =
        part.form.kind === "term"
          ? part.form.term
          : part.form.kind === "call"
            ? { kind: "call", operator: part.form.operator, args: part.form.args, at: part.at }
            : value
      const form: Form = { kind: "call", operator: operatorTerm("eq", part.at), args: [value, term] }
      const body = this.within([{ ...part, form }], (resolved) => resolved)
      return { kind: "setComprehension", value, body, at: part.at }
    })
    return {
      kind: "call",
      operator: operatorTerm("internal.template_string", at),
      args: [{ kind: "array", items, at }],
      at
    }
  }

  #expression(expression: Expression): ReadonlyArray<Expression> {
    const modifiers = expression.with.map((modifier) => this.#with(modifier))
    const rest = { ...expression, with: modifiers }
    const { form } = expression
    switch (form.kind) {
      case "some":
        for (const declared of form.variables) this.#declare(declared, true)
        return []
      case "someIn": {
        const domain = this.term(form.domain)
        const key = form.key ?? this.fresh(expression.at)
        for (const declared of [key, form.value].flatMap(patternVariables)) this.#declare(declared, false)
        const at = expression.at
        const part = this.term(key)
        const member: Term =
          domain.kind === "reference"
            ? { ...domain, path: [...domain.path, part] }
            : { kind: "reference", head: domain, path: [part], at }
        const args = [this.term(form.value), member]
        return [{ ...rest, form: { kind: "call", operator: operatorTerm("eq", at), args } }]
      }
      case "every": {
        const domain = this.term(form.domain)
        this.#scopes.push({ declared: new Map(), pending: new Set() })
        for (const declared of form.key === undefined ? [form.value] : [form.key, form.value]) {
          this.#declare(declared, false)
        }
        const [key, value] = [form.key, form.value].map((found) => (found === undefined ? undefined : this.term(found)))
        const body = this.within(form.body, (resolved) => resolved)
        this.leave()
        if (value?.kind !== "variable" || (key !== undefined && key.kind !== "variable")) return []
        return [{ ...rest, form: { kind: "every", key, value, domain, body } }]
      }
      case "term":
        return [{ ...rest, form: { kind: "term", term: this.term(form.term) } }]
      case "call":
        return [{ ...rest, form: this.#call(form, expression.at) }]
    }
  }

  #call(form: Extract<Form, { kind: "call" }>, at: Location): Form {
    if (!isAssign(form)) {
      return { kind: "call", operator: this.term(form.operator), args: form.args.map((arg) => this.term(arg)) }
    }
    const [target, value] = form.args
    if (target === undefined || value === undefined) return form
    const resolved = this.term(value)
    const names = new Set<string>()
    for (const declared of patternVariables(target)) {
      if (names.has(declared.name)) continue
      names.add(declared.name)
      this.#declare(declared, false)
    }
    this.#checkTarget(target, true)
    return { kind: "call", operator: operatorTerm("eq", at), args: [this.term(target), resolved] }
  }

  /** `:=` assigns to variables, in arrays and objects too, and to nothing else. */
  #checkTarget(target: Term, outermost: boolean): void {
    switch (target.kind) {
      case "variable":
        return
      case "array":
        return target.items.forEach((item) => this.#checkTarget(item, false))
      case "object":
        return target.pairs.forEach(([, value]) => this.#checkTarget(value, false))
      case "constant":
        if (!outermost) return
    }
    const word = target.kind === "reference" ? "ref" : target.kind === "constant" ? "scalar" : target.kind
    this.#errors.add("rego_compile_error", `cannot assign to ${word}`, target.at)
  }

  #with(modifier: With): With {
    return { ...modifier, target: this.term(modifier.target), value: this.term(modifier.value) }
  }
}
