/** Terms: scalars, references, calls, operators, collections, comprehensions and template strings. */
import { longestNumber, parseNumber } from "../values/Decimal.ts"
import type { Value } from "../values/Value.ts"
import type { Location } from "./Location.ts"
import type { Body, Expression, Term, Variable } from "./Syntax.ts"
import { longestChain, TokenReader } from "./TokenReader.ts"

/** Operators from those that bind loosest to those that bind tightest, with the built-ins they call. */
const levels: ReadonlyArray<Readonly<Record<string, string>>> = [
  { "==": "equal", "!=": "neq", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte" },
  { "|": "or" },
  { "&": "and" },
  { "+": "plus", "-": "minus" },
  { "*": "mul", "/": "div", "%": "rem" }
]

export const constant = (value: Value, at: Location): Term => ({ kind: "constant", value, at })

export const variable = (name: string, at: Location): Variable => ({ kind: "variable", name, at })

/** The operator of a call of a built-in that the source does not write by name; no rule can take its place. */
export const operatorTerm = (name: string, at: Location): Term => constant(name, at)

const memberTwo = "internal.member_2"
const memberThree = "internal.member_3"

/** The name a call's operator has, when it is one. */
export const operatorName = (term: Term): string | undefined => {
  if (term.kind === "variable") return term.name
  if (term.kind === "constant" && typeof term.value === "string") return term.value
  if (term.kind !== "reference" || term.head.kind !== "variable") return undefined
  const names = [term.head.name]
  for (const part of term.path) {
    if (part.kind !== "constant" || typeof part.value !== "string") return undefined
    names.push(part.value)
  }
  return names.join(".")
}

export abstract class TermParser extends TokenReader {
  #wildcards = 0

  /** Reads statements up to the closing symbol, which stays the current token. */
  abstract body(end: string): Body
  /** Reads one statement as it stands in a template string. */
  abstract templateExpression(): Expression

  /** A term with operators; `keyed` allows `k, x in xs`. */
  infix(keyed = true): Term {
    return this.nested(() => this.#membership(this.#operators(0, undefined), keyed))
  }

  #membership(first: Term, keyed: boolean): Term {
    let left = first
    for (let count = 0; ; count++) {
      if (count > longestChain) return this.fail("too many operators in one term")
      const { at } = left
      if (keyed && this.is(",")) {
        const key = left
        const call = this.attempt((): Term | undefined => {
          this.advance()
          const value = this.#operators(0, undefined)
          if (!this.isKeyword("in")) return undefined
          const operator = operatorTerm(memberThree, this.here)
          this.advance()
          return { kind: "call", operator, args: [key, value, this.#operators(0, undefined)], at }
        })
        if (call === undefined) return left
        left = call
      } else if (this.isKeyword("in")) {
        const operator = operatorTerm(memberTwo, this.here)
        this.advance()
        left = { kind: "call", operator, args: [left, this.#operators(0, undefined)], at }
      } else return left
      if (!this.isKeyword("in")) return left
    }
  }

  /** Operators of this level and those that bind tighter; `first` is a term already read. */
  #operators(level: number, first: Term | undefined): Term {
    const table = levels[level]
    if (table === undefined) return first ?? this.term()
    let left = this.#operators(level + 1, first)
    for (let count = 0; this.token.kind === "symbol"; count++) {
      const name = Object.hasOwn(table, this.token.text) ? table[this.token.text] : undefined
      if (name === undefined) break
      if (count > longestChain) return this.fail("too many operators in one term")
      const operator = operatorTerm(name, this.here)
      this.advance()
      left = { kind: "call", operator, args: [left, this.#operators(level + 1, undefined)], at: left.at }
    }
    return left
  }

  term(): Term {
    const at = this.here
    const { kind, text } = this.token
    switch (kind) {
      case "number":
        return this.finish(this.#number("", at))
      case "string":
        this.advance()
        return this.finish(constant(text, at))
      case "template":
        return this.#template(at)
      case "name":
        return this.finish(this.#name(at))
      case "end":
        return this.unexpected()
    }
    switch (text) {
      case "-":
        this.advance()
        if (this.token.kind !== "number" || this.token.spaced) return this.unexpected("expected number")
        return this.finish(this.#number("-", at))
      case "[":
        return this.finish(this.nested(() => this.#array(at)))
      case "{":
        return this.finish(this.nested(() => this.#setOrObject(at)))
      case "(": {
        this.advance()
        const inner = this.infix()
        if (!this.is(")")) return this.fail("non-terminated expression")
        this.advance()
        return this.finish(inner)
      }
      default:
        return this.unexpected()
    }
  }

  #number(sign: "" | "-", at: Location): Term {
    const { text } = this.token
    if (/^0\d/.test(text)) return this.fail("expected number without leading zero")
    const value = parseNumber(`${sign}${text}`)
    if (value === undefined) return this.fail(`number longer than ${longestNumber} characters`)
    this.advance()
    if (this.token.kind === "name" && !this.token.spaced) return this.fail("illegal number format")
    return constant(value, at)
  }

  #name(at: Location): Term {
    const word = this.keyword()
    switch (word) {
      case "true":
      case "false":
      case "null": {
        this.advance()
        return constant(word === "null" ? null : word === "true", at)
      }
      case undefined:
      case "contains":
        return this.variable()
      default:
        return this.unexpected()
    }
  }

  /** Reads a name. Every `_` is a variable of its own. */
  variable(): Variable {
    const at = this.here
    const { text } = this.token
    this.advance()
    return variable(text === "_" ? `$${this.#wildcards++}` : text, at)
  }

  /** Reads what follows a term without white space: `.name`, `[term]`, `(arguments)`. */
  finish(head: Term): Term {
    let result = head
    for (let count = 0; ; count++) {
      if (count > longestChain) return this.fail("reference too long")
      if (this.touches("(")) {
        if (result.kind === "constant" || operatorName(result) === undefined) return this.unexpected()
        this.advance()
        const args = this.list(")")
        const isSet = args.length === 0 && result.kind === "variable" && result.name === "set"
        result = isSet ? { kind: "set", items: [], at: head.at } : { kind: "call", operator: result, args, at: head.at }
        continue
      }
      const part = this.touches(".") ? this.#field() : this.touches("[") ? this.#index() : undefined
      if (part === undefined) break
      if (result.kind === "constant" || result.kind === "template") {
        return this.fail("illegal ref (head cannot be a scalar)")
      }
      result =
        result.kind === "reference" && count > 0
          ? { ...result, path: [...result.path, part] }
          : { kind: "reference", head: result, path: [part], at: head.at }
    }
    if (result.kind === "variable" && (result.name === "data" || result.name === "input")) {
      return { kind: "reference", head: result, path: [], at: result.at }
    }
    return result
  }

  #field(): Term {
    this.advance()
    if (this.token.kind !== "name" || this.token.spaced) return this.unexpected("expected identifier")
    const part = constant(this.token.text, this.here)
    this.advance()
    return part
  }

  #index(): Term {
    this.advance()
    const part = this.infix()
    if (!this.is("]")) return this.unexpected("expected ]")
    this.advance()
    return part
  }

  /** Terms up to the closing symbol, which is read. `first` are terms already read. */
  list(end: string, first: ReadonlyArray<Term> = []): ReadonlyArray<Term> {
    const items = [...first]
    while (!this.is(end)) {
      items.push(this.infix(false))
      this.#separator(end)
    }
    this.advance()
    return items
  }

  #separator(end: string): void {
    if (this.is(",")) this.advance()
    else if (!this.is(end)) this.unexpected(`expected "," or "${end}"`)
  }

  /**
   * After `|`: a comprehension's body and the closing symbol. Undefined when the body ends at a comma: then the
   * collection's first member is a union.
   */
  #comprehensionBody(end: string): Body | undefined {
    return this.otherwise(
      () => {
        this.advance()
        const body = this.body(end)
        this.expect(end)
        return body
      },
      () => this.is(",")
    )
  }

  #array(at: Location): Term {
    this.advance()
    if (this.is("]")) {
      this.advance()
      return { kind: "array", items: [], at }
    }
    const head = this.term()
    if (this.is("|")) {
      const body = this.#comprehensionBody("]")
      if (body !== undefined) return { kind: "arrayComprehension", value: head, body, at }
    }
    const first = this.#membership(this.#operators(0, head), false)
    this.#separator("]")
    return { kind: "array", items: this.list("]", [first]), at }
  }

  #setOrObject(at: Location): Term {
    this.advance()
    if (this.is("}")) {
      this.advance()
      return { kind: "object", pairs: [], at }
    }
    const head = this.term()
    if (this.is("|")) {
      const body = this.#comprehensionBody("}")
      if (body !== undefined) return { kind: "setComprehension", value: head, body, at }
    }
    const first = this.#membership(this.#operators(0, head), false)
    if (this.is(":")) return this.#object(first, at)
    this.#separator("}")
    return { kind: "set", items: this.list("}", [first]), at }
  }

  #object(key: Term, at: Location): Term {
    this.advance()
    const head = this.term()
    if (this.is("|")) {
      const body = this.#comprehensionBody("}")
      if (body !== undefined) return { kind: "objectComprehension", key, value: head, body, at }
    }
    const pairs: Array<readonly [Term, Term]> = [[key, this.#membership(this.#operators(0, head), false)]]
    this.#separator("}")
    while (!this.is("}")) {
      const next = this.infix(false)
      this.expect(":", "expected :")
      pairs.push([next, this.infix(false)])
      this.#separator("}")
    }
    this.advance()
    return { kind: "object", pairs, at }
  }

  #template(at: Location): Term {
    if (this.dialect.version === 0) return this.fail("template strings are not supported by current capabilities")
    const parts: Array<string | Expression> = []
    for (let part = this.token; ; ) {
      if (part.text !== "") parts.push(part.text)
      if (part.open !== true) break
      this.advance()
      parts.push(this.nested(() => this.templateExpression()))
      if (!this.is("}")) return this.unexpected("expected }")
      part = this.templatePart(part.quote ?? '"')
    }
    this.advance()
    return { kind: "template", parts, at }
  }
}
