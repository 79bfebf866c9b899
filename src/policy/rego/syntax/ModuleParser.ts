/** Modules: the package, imports and rules. */
import { BodyParser } from "./BodyParser.ts"
import { LoadError, type Location, type PolicyError, type Source } from "./Location.ts"
import type { Body, Else, Expression, Head, Import, Module, Reference, Rule, Term } from "./Syntax.ts"
import { constant } from "./TermParser.ts"
import { type Dialect, futureKeywords, longestChain } from "./TokenReader.ts"
import { findInTerm } from "./Walk.ts"

const always = (at: Location): Body => [
  { form: { kind: "term", term: constant(true, at) }, negated: false, with: [], at }
]

const asReference = (term: Term): Reference =>
  term.kind === "reference" ? term : { kind: "reference", head: term, path: [], at: term.at }

const isGround = (reference: Reference): boolean => reference.path.every((part) => part.kind === "constant")

export class ModuleParser extends BodyParser {
  readonly #imports: Array<Import> = []
  readonly #rules: Array<Rule> = []
  readonly #errors: Array<PolicyError> = []
  #strict: boolean

  constructor(source: Source, dialect: Dialect) {
    super(source, dialect)
    this.#strict = dialect.version === 1
  }

  module(): Module {
    const path = this.#package()
    while (this.token.kind !== "end") {
      if (this.is(";")) this.advance()
      // A keyword with an index right behind it is a rule's name.
      else if (this.isIndexed()) this.#rule()
      else if (this.isKeyword("import")) this.#import()
      else if (this.isKeyword("package")) this.unexpected("expected one package for each module")
      else this.#rule()
    }
    if (this.#errors.length > 0) throw new LoadError(this.#errors)
    return {
      source: this.lexer.source,
      package: path,
      imports: this.#imports,
      rules: this.#rules,
      comments: this.lexer.comments,
      strict: this.#strict
    }
  }

  #package(): Reference {
    if (this.token.kind === "end") return this.fail("empty module")
    if (!this.isKeyword("package")) return this.fail("package expected")
    this.advance()
    const at = this.here
    if (this.token.kind !== "name") return this.unexpected("expected ident")
    const first = constant(this.token.text, at)
    const term = asReference(this.#path())
    for (const part of term.path) {
      if (part.kind !== "constant" || typeof part.value !== "string") {
        return this.fail("package name cannot contain non-string values")
      }
    }
    return { ...term, path: [first, ...term.path] }
  }

  /** A dotted path whose first name may be a keyword followed by a dot. */
  #path(): Term {
    if (this.token.kind !== "name" || this.keyword() !== undefined) return this.unexpected("expected identifier")
    return this.term()
  }

  #import(): void {
    const at = this.here
    this.advance()
    const path = asReference(this.#path())
    let alias: string | undefined
    if (this.isKeyword("as")) {
      this.advance()
      if (this.token.kind !== "name") this.unexpected("expected identifier")
      alias = this.token.text
      this.advance()
    }
    const root = path.head.kind === "variable" ? path.head.name : ""
    const names = path.path.map((part) =>
      part.kind === "constant" && typeof part.value === "string" ? part.value : ""
    )
    if (root === "future") return this.#importKeywords(names, alias, at)
    if (root === "rego") return this.#importVersion(names, alias, at)
    if (root !== "data" && root !== "input") {
      this.#error(`unexpected import path, must begin with one of: {data, future, input, rego}, got: ${root}`, at)
    }
    if (names.includes("")) this.#error("unexpected import path, must contain only strings", at)
    this.#imports.push({ path, alias, at })
  }

  #importKeywords(names: ReadonlyArray<string>, alias: string | undefined, at: Location): void {
    const [group, word] = names
    if (alias !== undefined) this.#error("future keyword imports cannot be aliased", at)
    if (group !== "keywords" || names.length > 2) this.#error("invalid import, must be `future.keywords`", at)
    const known: ReadonlyArray<string> = futureKeywords
    if (word !== undefined && !known.includes(word)) {
      this.#error(`unexpected keyword, must be one of [${known.join(" ")}]`, at)
    }
    for (const found of word === undefined ? known : word === "every" ? [word, "in"] : [word]) this.future.add(found)
  }

  #importVersion(names: ReadonlyArray<string>, alias: string | undefined, at: Location): void {
    if (alias !== undefined) this.#error("`rego` imports cannot be aliased", at)
    if (names.join(".") !== "v1") this.#error("invalid import, must be `rego.v1`", at)
    for (const word of futureKeywords) this.future.add(word)
    this.#strict = true
  }

  #error(message: string, location: Location): void {
    this.#errors.push({ code: "rego_parse_error", message, location })
  }

  #rule(): void {
    const at = this.here
    const isDefault = this.isKeyword("default") && !this.isIndexed()
    if (isDefault) this.advance()
    const named = this.keyword() === undefined || this.isKeyword("contains") || this.isIndexed()
    if (this.token.kind !== "name" || !named) {
      this.unexpected("expected rule head name")
    }
    const [head, usesContains] = this.#head()
    if (isDefault) return this.#default(head, at)
    const hasIf = this.isKeyword("if")
    const hasBody = hasIf || this.is("{")
    const isPair = head.reference.path.length === 1 && head.args === undefined && head.value === undefined
    const isSet = isPair && !usesContains && !hasIf
    if (!hasBody && !usesContains && head.value === undefined && head.reference.path.length === 0) {
      this.fail("var cannot be used for rule name", this.lexer.source.text.length === 0 ? 0 : undefined)
    }
    const last = head.reference.path.at(-1)
    const complete: Head =
      isSet && last !== undefined
        ? { ...head, member: last, reference: { ...head.reference, path: [] } }
        : usesContains
          ? head
          : { ...head, value: head.value ?? constant(true, head.at) }
    const body = hasBody ? this.#ruleBody() : always(at)
    const isPartial =
      complete.member !== undefined || (head.reference.path.length === 1 && head.args === undefined && !hasIf)
    const otherwise = this.#otherwise(complete, isPartial)
    const rule = { head: complete, body, otherwise, isDefault: false, hasIf, hasBody, at }
    if (this.#strict) this.#checkStrict(rule, usesContains, head.value !== undefined)
    this.#rules.push(rule)
    while (this.is("{")) {
      if (otherwise.length > 0) this.unexpected("expected else keyword")
      const next = this.here
      this.#rules.push({ ...rule, body: this.#ruleBody(), otherwise: [], at: next })
    }
  }

  /** What v1 asks of rules. */
  #checkStrict(rule: Rule, usesContains: boolean, hasValue: boolean): void {
    if (rule.hasBody && !rule.hasIf) this.#error("`if` keyword is required before rule body", rule.at)
    if (rule.head.member !== undefined && !usesContains) {
      this.#error("`contains` keyword is required for partial set rules", rule.at)
    } else if (!rule.hasBody && !usesContains && !hasValue) {
      this.#error("rule must have value assignment and/or body declaration", rule.at)
    }
  }

  #head(): readonly [head: Head, usesContains: boolean] {
    const at = this.here
    const term = this.isIndexed() ? this.finish(this.variable()) : this.term()
    const [target, args] = term.kind === "call" ? [term.operator, term.args] : [term, undefined]
    const reference = asReference(target)
    if (reference.head.kind !== "variable") return this.fail("rule head must begin with a name")
    const head = { reference, args, member: undefined, value: undefined, assigned: false, at }
    if (this.isKeyword("contains")) {
      if (args !== undefined) {
        return this.unexpected("the contains keyword can only be used with multi-value rule definitions")
      }
      this.advance()
      return [{ ...head, member: this.infix() }, true]
    }
    const assigned = this.is(":=")
    if (!assigned && !this.is("=")) return [head, false]
    this.advance()
    return [{ ...head, value: this.infix(), assigned }, false]
  }

  #default(head: Head, at: Location): void {
    const { value, args, reference } = head
    if (value === undefined) return this.unexpected("expected default rule value term")
    const wrong = findInTerm(value, (term) => ["reference", "variable", "call"].includes(term.kind))
    if (wrong !== undefined) return this.fail(`illegal default rule (value cannot contain ${wordFor(wrong)})`)
    const names = new Set<string>()
    for (const arg of args ?? []) {
      if (arg.kind !== "variable") return this.fail("illegal default rule (arguments cannot contain ref)")
      if (names.has(arg.name)) {
        return this.fail(`illegal default rule (arguments cannot be repeated [${arg.name}])`)
      }
      names.add(arg.name)
    }
    if (!isGround(reference)) return this.fail("illegal default rule (must have ground head)")
    this.#rules.push({ head, body: always(at), otherwise: [], isDefault: true, hasIf: false, hasBody: false, at })
  }

  #ruleBody(): Body {
    if (this.isKeyword("if")) {
      this.advance()
      const single = this.attempt((): Expression | undefined => {
        const statement = this.statement()
        // A set is always true: `if { … }` is a body.
        return statement.form.kind === "term" && statement.form.term.kind === "set" ? undefined : statement
      })
      if (single !== undefined) return [single]
      if (!this.is("{")) return [this.statement()]
    }
    this.expect("{")
    const body = this.body("}")
    this.expect("}")
    return body
  }

  #otherwise(head: Head, isPartial: boolean): ReadonlyArray<Else> {
    const found: Array<Else> = []
    while (this.isKeyword("else") && !this.isIndexed()) {
      if (isPartial) this.fail("else keyword cannot be used on multi-value rules")
      if (!isGround(head.reference)) this.fail("else keyword cannot be used on rules with variables in head")
      if (found.length >= longestChain) this.fail("too many else branches")
      const at = this.here
      this.advance()
      const assigns = this.is(":=") || this.is("=")
      if (assigns) this.advance()
      const value = assigns ? this.infix() : constant(true, at)
      const hasIf = this.isKeyword("if")
      const hasBody = hasIf || this.is("{")
      if (!assigns && !hasBody) this.unexpected("expected else value term or rule body")
      if (this.#strict && hasBody && !hasIf) this.#error("`if` keyword is required before rule body", at)
      found.push({ value, body: hasBody ? this.#ruleBody() : always(at), at })
    }
    return found
  }
}

const wordFor = (term: Term): string => (term.kind === "variable" ? "var" : term.kind === "call" ? "call" : "ref")
