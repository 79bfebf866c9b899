/** Statements: expressions, `some`, `every`, `not`, `with`. */
import type { Location } from "./Location.ts"
import type { Body, Expression, Form, Term, Variable, With } from "./Syntax.ts"
import { operatorName, operatorTerm, TermParser } from "./TermParser.ts"

const memberTwo = "internal.member_2"
const memberThree = "internal.member_3"

export class BodyParser extends TermParser {
  body(end: string): Body {
    if (this.is(end)) return this.fail("found empty body")
    return this.nested(() => this.#statements(end))
  }

  /** A query: statements up to the end of the text. */
  query(): Body {
    if (this.token.kind === "end") return this.fail("found empty query")
    return this.#statements("end")
  }

  #statements(end: string): Body {
    const statements: Array<Expression> = []
    for (;;) {
      statements.push(this.statement())
      if (this.is(";")) {
        this.advance()
        continue
      }
      if (this.is(end) || this.token.kind === "end") return statements
      if (!this.token.newLine) return this.unexpected(`expected \\n or ; or ${end === "end" ? "eof" : end}`)
    }
  }

  statement(): Expression {
    const at = this.here
    const negated = this.isKeyword("not")
    if (negated) this.advance()
    if (this.isKeyword("some")) return negated ? this.unexpected("illegal negation of 'some'") : this.#some(at)
    if (this.isKeyword("every")) return negated ? this.unexpected("illegal negation of 'every'") : this.#every(at)
    const form = this.#expression()
    return { form, negated, with: this.#with(), at }
  }

  templateExpression(): Expression {
    const at = this.here
    const form: Form = { kind: "term", term: this.infix() }
    return { form, negated: false, with: this.#with(), at }
  }

  #expression(): Form {
    const left = this.infix()
    const name = this.is("=") ? "eq" : this.is(":=") ? "assign" : undefined
    if (name !== undefined) {
      const operator = operatorTerm(name, this.here)
      this.advance()
      return { kind: "call", operator, args: [left, this.infix()] }
    }
    return left.kind === "call"
      ? { kind: "call", operator: left.operator, args: left.args }
      : { kind: "term", term: left }
  }

  #with(): ReadonlyArray<With> {
    const found: Array<With> = []
    while (this.isKeyword("with")) {
      const at = this.here
      this.advance()
      const target = this.term()
      if (target.kind !== "reference" && target.kind !== "variable") {
        return this.fail("expected with target to be a reference")
      }
      if (!this.isKeyword("as")) return this.unexpected("expected as keyword")
      this.advance()
      found.push({ target, value: this.infix(), at })
    }
    return found
  }

  #some(at: Location): Expression {
    const membership = this.attempt((): Form | undefined => {
      this.advance()
      return this.#someIn(this.infix())
    })
    if (membership !== undefined) return { form: membership, negated: false, with: this.#with(), at }
    this.#refuseSomeOfCall()
    if (!this.future.has("in")) this.#hintMembership()
    const variables: Array<Variable> = []
    do {
      this.advance()
      if (this.token.kind !== "name" || this.keyword() !== undefined) return this.unexpected("expected var")
      variables.push(this.variable())
    } while (this.is(","))
    return { form: { kind: "some", variables }, negated: false, with: [], at }
  }

  #someIn(term: Term): Form | undefined {
    if (term.kind !== "call") return undefined
    const [first, second, third] = term.args
    const name = operatorName(term.operator)
    if (name === memberTwo && first !== undefined && second !== undefined) {
      return { kind: "someIn", key: undefined, value: first, domain: second }
    }
    if (name === memberThree && second !== undefined && third !== undefined) {
      return { kind: "someIn", key: first, value: second, domain: third }
    }
    return undefined
  }

  /** `some f(x)`: what follows may only be `in`. */
  #refuseSomeOfCall(): void {
    const mark = this.mark()
    this.advance()
    const term = this.attempt(() => this.infix())
    if (term?.kind === "call" && this.#someIn(term) === undefined) {
      this.back(mark)
      this.advance()
      this.infix()
      this.unexpected("expected `x in xs` or `x, y in xs` expression")
    }
    this.back(mark)
  }

  /** Advises the import that makes `some x in xs` readable, when that is what stands here. */
  #hintMembership(): void {
    const mark = this.mark()
    this.future.add("in")
    const found = this.attempt(() => {
      this.advance()
      return this.#someIn(this.infix())
    })
    this.future.delete("in")
    this.back(mark)
    if (found !== undefined) this.hint("`import future.keywords.in` for `some x in xs` expressions")
  }

  #every(at: Location): Expression {
    this.advance()
    const term = this.infix()
    const membership = this.#someIn(term)
    if (membership?.kind !== "someIn") return this.unexpected("expected `x[, y] in xs { ... }` expression")
    const { key, value, domain } = membership
    if (key !== undefined && key.kind !== "variable") return this.unexpected("expected key to be a variable")
    if (value.kind !== "variable") return this.unexpected("expected value to be a variable")
    if (!this.is("{")) return this.unexpected("missing body")
    this.advance()
    const body = this.body("}")
    this.expect("}")
    const form: Form = { kind: "every", key, value, domain, body }
    return { form, negated: false, with: this.#with(), at }
  }
}
