/**
 * Checks the types of a body: of comparisons that can never hold, of operands a function cannot take, of lookups in
 * what has no such member. Works on ordered bodies, so a variable's type is known where it is used.
 */
import type { Errors } from "../compiler/Errors.ts"
import { isUnification, sourceName } from "../compiler/Order.ts"
import { comprehensionHead, eachComprehension, termsOf } from "../compiler/Variables.ts"
import type { Location } from "../syntax/Location.ts"
import type { Body, Comprehension, Expression, Reference, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { any, arrayOf, mapOf, setOfType, type Type, typeText } from "../Type.ts"
import { valueText } from "../values/Value.ts"
import { bounded, keys, members, select, typeOfValue, unifies, union } from "./TypeSets.ts"

/** What is known of functions and of documents. */
export interface Definitions {
  readonly function: (operator: Term) => Extract<Type, { kind: "function" }> | undefined
  readonly data: (path: ReadonlyArray<Term>) => Type
}

export class BodyTypes {
  readonly #definitions: Definitions
  readonly #errors: Errors
  readonly #outer: BodyTypes | undefined
  readonly #variables = new Map<string, Type>()
  readonly #known = new Map<Term, Type>()

  constructor(definitions: Definitions, errors: Errors, outer: BodyTypes | undefined) {
    this.#definitions = definitions
    this.#errors = errors
    this.#outer = outer
  }

  body(body: Body): void {
    for (const expression of body) this.#expression(expression)
  }

  #variable(name: string): Type | undefined {
    const known = this.#variables.get(name)
    return known === undefined && this.#outer !== undefined ? this.#outer.#variable(name) : known
  }

  /** The type of a term; undefined while a variable in it has none. */
  get(term: Term): Type | undefined {
    switch (term.kind) {
      case "constant":
        return typeOfValue(term.value)
      case "variable":
        return this.#variable(term.name)
      case "reference":
        return this.#reference(term)
      case "call":
        return this.#definitions.function(term.operator)?.result ?? any
      case "array": {
        if (term.items.length === 0) return arrayOf(any)
        const first = term.items.map((item) => this.get(item)).filter((type) => type !== undefined)
        return first.length < term.items.length ? undefined : bounded({ kind: "array", first })
      }
      case "set": {
        const types = term.items.map((item) => this.get(item))
        if (types.includes(undefined)) return undefined
        return setOfType(types.reduce<Type | undefined>(union, undefined) ?? any)
      }
      case "object":
        return this.#object(term.pairs)
      default:
        return this.#known.get(term) ?? this.#outer?.get(term) ?? any
    }
  }

  #object(pairs: ReadonlyArray<readonly [Term, Term]>): Type | undefined {
    if (pairs.length === 0) return mapOf(any, any)
    const fields: Array<readonly [Parameters<typeof typeOfValue>[0], Type]> = []
    let rest: { readonly key: Type; readonly value: Type } | undefined
    for (const [key, value] of pairs) {
      const [keyType, type] = [this.get(key), this.get(value)]
      if (type === undefined || keyType === undefined) return undefined
      if (key.kind === "constant") fields.push([key.value, type])
      else rest = { key: union(rest?.key, keyType) ?? any, value: union(rest?.value, type) ?? any }
    }
    return bounded({ kind: "object", fields, rest })
  }

  #reference({ head, path }: Reference): Type | undefined {
    if (head.kind === "variable" && head.name === "data") return this.#definitions.data(path)
    if (head.kind === "variable" && head.name === "input") return any
    let type = this.get(head)
    for (const part of path) type = part.kind === "constant" ? select(type, part.value) : members(type)
    return type ?? any
  }

  #expression(expression: Expression): void {
    const terms = termsOf(expression)
    for (const term of terms) this.nested(term)
    for (const term of terms) this.#lookups(term)
    const { form, at } = expression
    switch (form.kind) {
      case "term":
        return
      case "call":
        return this.#call(form.operator, form.args, at)
      case "every": {
        const domain = this.get(form.domain) ?? any
        const inner = new BodyTypes(this.#definitions, this.#errors, this)
        inner.#variables.set(form.value.name, members(domain) ?? any)
        if (form.key !== undefined) inner.#variables.set(form.key.name, keys(domain) ?? any)
        inner.body(form.body)
      }
    }
  }

  /** Checks the comprehensions in a term, and remembers their types. */
  nested(term: Term): void {
    eachComprehension(term, (found) => {
      if (this.#known.has(found)) return
      const inner = new BodyTypes(this.#definitions, this.#errors, this)
      inner.body(found.body)
      for (const head of comprehensionHead(found)) inner.nested(head)
      this.#known.set(found, comprehensionType(found, inner))
    })
  }

  /** Checks the lookups of a term, and gives types to the variables they bind. */
  #lookups(term: Term): void {
    if (term.kind !== "reference") return
    const { head, path } = term
    if (head.kind === "variable" && head.name === "data") {
      for (const [index, part] of path.entries()) {
        if (part.kind !== "constant") this.#key(part, keys(this.#definitions.data(path.slice(0, index))))
      }
      return
    }
    let type = head.kind === "variable" && head.name === "input" ? any : (this.get(head) ?? any)
    for (const part of path) {
      const known = keys(type)
      const next = part.kind === "constant" ? select(type, part.value) : members(type)
      if (known === undefined || next === undefined || !this.#key(part, known)) {
        this.#errors.add("rego_type_error", `undefined ref: ${referenceText(term)}`, term.at, [
          `\thave: ${typeText(type)}`
        ])
        return
      }
      type = next
    }
  }

  #key(part: Term, known: Type | undefined): boolean {
    return part.kind === "constant" || this.#assign(part, known ?? any)
  }

  #call(operator: Term, args: ReadonlyArray<Term>, at: Location): void {
    const [first, second] = args
    const isEquality = isUnification(operator) || (operator.kind === "constant" && operator.value === "equal")
    if (isEquality && args.length === 2 && first !== undefined && second !== undefined) {
      for (const side of args) if (side.kind === "call") this.#call(side.operator, side.args, side.at)
      const [left, right] = [this.get(first), this.get(second)]
      if (!this.#unify(first, left, second, right)) {
        const details = [`\tleft  : ${typeText(left)}`, `\tright : ${typeText(right)}`]
        this.#errors.add("rego_type_error", "match error", at, details)
      }
      return
    }
    const type = this.#definitions.function(operator)
    if (type === undefined) {
      for (const arg of args) this.#assign(arg, any)
      return
    }
    const formal = [...type.args, type.result]
    const fitting = args.map((arg, index) => this.#assign(arg, formal[index] ?? any))
    if (!fitting.includes(false)) return
    const have = args.map((arg) => typeText(this.get(arg))).join(", ")
    const want = formal.map(typeText).join(", ")
    const message = `${shownName(operator)}: invalid argument(s)`
    this.#errors.add("rego_type_error", message, at, [`\thave: (${have})`, `\twant: (${want})`])
  }

  #unify(a: Term, left: Type | undefined, b: Term, right: Type | undefined): boolean {
    if (left !== undefined && right !== undefined) return unifies(left, right)
    if (right !== undefined) return this.#assign(a, right)
    if (left !== undefined) return this.#assign(b, left)
    if (a.kind === "array" && b.kind === "array") {
      return (
        a.items.length === b.items.length &&
        a.items.every((item, index) => {
          const other = b.items[index]
          return other === undefined || this.#unify(item, this.get(item), other, this.get(other))
        })
      )
    }
    // Nothing is known of either: what follows decides.
    this.#assign(a, any)
    this.#assign(b, any)
    return true
  }

  /** Gives a type to the variables of a term without one; false when the term cannot have a value of the type. */
  #assign(term: Term, type: Type, widen = false): boolean {
    switch (term.kind) {
      case "variable": {
        const known = this.#variable(term.name)
        if (widen) this.#variables.set(term.name, union(known, type) ?? any)
        else if (known !== undefined) return unifies(known, type)
        else this.#variables.set(term.name, type)
        return true
      }
      case "array":
      case "object":
      case "set":
        return this.get(term) !== undefined && !widen ? unifies(this.get(term), type) : this.#parts(term, type, widen)
      default:
        return unifies(this.get(term) ?? any, type)
    }
  }

  #parts(term: Extract<Term, { kind: "array" | "object" | "set" }>, type: Type, widen: boolean): boolean {
    if (type.kind === "any" && type.of.length > 0) {
      return type.of.map((member) => this.#parts(term, member, true)).includes(true)
    }
    const isAny = type.kind === "any"
    if (!isAny && type.kind !== term.kind) return false
    if (term.kind === "object") {
      if (!isAny && type.kind === "object" && type.rest === undefined && type.fields.length !== term.pairs.length)
        return false
      return term.pairs.every(([key, value]) => {
        const inner = isAny ? any : key.kind === "constant" ? select(type, key.value) : members(type)
        return inner !== undefined && this.#assign(value, inner, widen)
      })
    }
    if (type.kind === "array" && type.rest === undefined && type.first.length !== term.items.length) return false
    return term.items.every((item, index) => {
      const inner = isAny ? any : type.kind === "array" ? (type.first[index] ?? type.rest) : members(type)
      return inner !== undefined && this.#assign(item, inner, widen)
    })
  }
}

const comprehensionType = (term: Comprehension, types: BodyTypes): Type => {
  const value = types.get(term.value) ?? any
  switch (term.kind) {
    case "arrayComprehension":
      return arrayOf(value)
    case "setComprehension":
      return setOfType(value)
    case "objectComprehension":
      return mapOf(types.get(term.key) ?? any, value)
  }
}

const shownName = (operator: Term): string => operatorName(operator) ?? "?"

const referenceText = ({ head, path }: Reference): string =>
  [
    head.kind === "variable" ? (sourceName(head.name) ?? "?") : "?",
    ...path.map((part) => {
      if (part.kind === "variable") return `[${sourceName(part.name) ?? "_"}]`
      if (part.kind !== "constant") return "[…]"
      return typeof part.value === "string" && /^\w+$/.test(part.value)
        ? `.${part.value}`
        : `[${valueText(part.value)}]`
    })
  ].join("")
