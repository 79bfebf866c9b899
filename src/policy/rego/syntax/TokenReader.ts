/** The parser's view of the tokens: the current one, a way back, and the errors that name it. */

import { Lexer, LexicalError, type Token } from "./Lexer.ts"
import type { Location, Source } from "./Location.ts"

/** Keywords of every version, and those that older modules import. */
const keywords = new Set(["as", "default", "else", "false", "import", "package", "not", "null", "true", "with", "some"])
export const futureKeywords = ["contains", "every", "if", "in"] as const
export type FutureKeyword = (typeof futureKeywords)[number]

/** Why reading ended; cheap to make, for most are caught where another reading is tried. */
export class Unreadable extends Error {
  readonly location: Location
  constructor(message: string, location: Location) {
    super(message)
    this.location = location
  }
}

/** How a source is read. */
export interface Dialect {
  readonly version: 0 | 1
}

/** How deep terms and bodies may be nested, and how many operators one term may join. */
export const deepestTerm = 200
export const longestChain = 1_000

export interface Mark {
  readonly token: Token
  readonly at: number
}

export class TokenReader {
  readonly lexer: Lexer
  readonly dialect: Dialect
  /** The keywords in force: all of v1, or those imported. */
  readonly future = new Set<string>()
  protected token: Token
  #depth = 0
  #work: number
  #hint = ""

  constructor(source: Source, dialect: Dialect) {
    this.dialect = dialect
    this.lexer = new Lexer(source)
    // Going back costs: the whole text may be read a few times over, not exponentially often.
    this.#work = 1_000 + source.text.length * 20
    if (dialect.version === 1) for (const word of futureKeywords) this.future.add(word)
    this.token = this.#read()
  }

  #read(): Token {
    try {
      const token = this.lexer.next()
      this.#work -= 1 + token.end - token.start
      if (this.#work < 0) return this.fail("too complex to be read", token.start)
      return token
    } catch (error) {
      if (error instanceof LexicalError) return this.fail(error.message, error.offset)
      throw error
    }
  }

  get here(): Location {
    return this.lexer.location(this.token.start)
  }

  /** Gives up with one error. */
  fail(message: string, offset: number = this.token.start): never {
    const hint = this.#hint === "" ? "" : ` (hint: ${this.#hint})`
    throw new Unreadable(`${message}${hint}`, this.lexer.location(offset))
  }

  /** Adds advice to the next error. */
  hint(text: string): void {
    this.#hint = text
  }

  unexpected(expected?: string): never {
    return this.fail(`unexpected ${this.#name()} token${expected === undefined ? "" : `: ${expected}`}`)
  }

  #name(): string {
    const { kind, text } = this.token
    if (kind === "end") return "eof"
    if (kind === "name") return this.keyword() ?? "identifier"
    return kind === "symbol" ? text : kind
  }

  advance(): void {
    this.token = this.#read()
  }

  mark(): Mark {
    return { token: this.token, at: this.lexer.at }
  }

  back(mark: Mark): void {
    this.token = mark.token
    this.lexer.at = mark.at
  }

  /** Continues a template string after the `}` that is the current token. */
  templatePart(quote: '"' | "`"): Token {
    this.lexer.at = this.token.end
    try {
      return this.lexer.part(quote)
    } catch (error) {
      if (error instanceof LexicalError) return this.fail(error.message, error.offset)
      throw error
    }
  }

  is(symbol: string): boolean {
    return this.token.kind === "symbol" && this.token.text === symbol
  }

  /** Whether the current token continues the one before without white space: `f(`, `x[`, `x.`. */
  touches(symbol: string): boolean {
    return this.is(symbol) && !this.token.spaced
  }

  /** The keyword the current token is. A word right before a dot is a name: `input.x`, `in.x`. */
  keyword(): string | undefined {
    const { kind, text, end } = this.token
    if (kind !== "name" || !(keywords.has(text) || this.future.has(text))) return undefined
    return this.lexer.source.text[end] === "." ? undefined : text
  }

  /** A word with `[` right behind it. */
  isIndexed(): boolean {
    return this.token.kind === "name" && this.lexer.source.text[this.token.end] === "["
  }

  isKeyword(word: string): boolean {
    return this.keyword() === word
  }

  expect(symbol: string, expected = `expected ${symbol}`): void {
    if (!this.is(symbol)) this.unexpected(expected)
    this.advance()
  }

  /** Runs a rule of the grammar one level deeper. */
  nested<A>(read: () => A): A {
    if (++this.#depth > deepestTerm) return this.fail(`nested deeper than ${deepestTerm}`)
    const result = read()
    this.#depth--
    return result
  }

  /** Tries a rule of the grammar; undefined, and back where it began, when it does not apply. */
  attempt<A>(read: () => A | undefined): A | undefined {
    return this.otherwise(read, () => true)
  }

  /** Like `attempt`, but an error stands unless the token it names fits. */
  otherwise<A>(read: () => A | undefined, fits: () => boolean): A | undefined {
    const [mark, depth] = [this.mark(), this.#depth]
    try {
      const result = read()
      if (result !== undefined) return result
    } catch (error) {
      if (!(error instanceof Unreadable) || this.#work < 0 || !fits()) throw error
    }
    this.back(mark)
    this.#depth = depth
    return undefined
  }
}
