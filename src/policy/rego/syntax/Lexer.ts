/** Rego's tokens. The parser asks for one at a time, so that it can read the expressions inside template strings. */
import type { Location, Source } from "./Location.ts"
import type { Comment } from "./Syntax.ts"

export type TokenKind =
  | "end"
  | "name"
  | "number"
  | "string"
  /** The beginning of a template string, up to its first expression or its end. */
  | "template"
  /** An operator or bracket; the text says which. */
  | "symbol"

export interface Token {
  readonly kind: TokenKind
  /** The text; of strings and template parts, what they stand for. */
  readonly text: string
  /** Offsets in the source, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** White space or a comment precedes it. */
  readonly spaced: boolean
  /** A line ends between the token before and this one. */
  readonly newLine: boolean
  /** Of a template part: the character that ends the string, and whether an expression follows. */
  readonly quote?: '"' | "`"
  readonly open?: boolean
}

/** What the lexer cannot read. */
export class LexicalError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const blank = /[ \t\r\n]+/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const symbol = /:=|==|!=|<=|>=|[-+*/%&|<>=.,;:()[\]{}]/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "{": "{"
}

export class Lexer {
  readonly source: Source
  readonly comments: Array<Comment> = []
  readonly #text: string
  readonly #lines: ReadonlyArray<number>
  /** Where the next token is looked for. */
  at = 0
  #commentsUpTo = 0

  constructor(source: Source) {
    this.source = source
    this.#text = source.text
    const lines = [0]
    for (let at = this.#text.indexOf("\n"); at >= 0; at = this.#text.indexOf("\n", at + 1)) lines.push(at + 1)
    this.#lines = lines
  }

  location(offset: number): Location {
    let [low, high] = [0, this.#lines.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lines[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { source: this.source, row: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  /** Skips white space and comments; says whether a line ended. */
  #skip(): boolean {
    let newLine = false
    for (;;) {
      const found = this.#match(blank)
      if (found !== undefined) newLine ||= found.includes("\n")
      else if (this.#text.charCodeAt(this.at) === 35) {
        const start = this.at
        const end = this.#text.indexOf("\n", start)
        this.at = end < 0 ? this.#text.length : end
        if (start >= this.#commentsUpTo) {
          this.#commentsUpTo = this.at
          this.comments.push({
            text: this.#text.slice(start + 1, this.at).replace(/\r$/, ""),
            at: this.location(start)
          })
        }
      } else return newLine
    }
  }

  next(): Token {
    const before = this.at
    const newLine = this.#skip()
    const start = this.at
    const spaced = start > before
    const token = (kind: TokenKind, text: string): Token => ({ kind, text, start, end: this.at, spaced, newLine })
    if (start >= this.#text.length) return token("end", "")
    const identifier = this.#match(name)
    if (identifier !== undefined) return token("name", identifier)
    const digits = this.#match(number)
    if (digits !== undefined) return token("number", digits)
    const character = this.#text[start]
    if (character === '"') {
      this.at++
      return token("string", this.#quoted())
    }
    if (character === "`") {
      const end = this.#text.indexOf("`", start + 1)
      if (end < 0) throw new LexicalError("non-terminated string", start)
      this.at = end + 1
      return token("string", this.#text.slice(start + 1, end).replaceAll("\r", ""))
    }
    const quote = this.#text[start + 1]
    if (character === "$" && (quote === '"' || quote === "`")) {
      this.at += 2
      return this.part(quote, start, spaced, newLine)
    }
    const operator = this.#match(symbol)
    if (operator !== undefined) return token("symbol", operator)
    throw new LexicalError("illegal token", start)
  }

  /** Reads the next part of a template string, from where the lexer stands to `{` or the quote. */
  part(quote: '"' | "`", start: number = this.at, spaced = false, newLine = false): Token {
    let text = ""
    for (;;) {
      const character = this.#text[this.at]
      if (character === undefined || (character === "\n" && quote === '"')) {
        throw new LexicalError("non-terminated string", start)
      }
      this.at++
      if (character === quote || character === "{") {
        return { kind: "template", text, start, end: this.at, spaced, newLine, quote, open: character === "{" }
      }
      if (character !== "\\") text += character
      else if (quote === '"') text += this.#escape(true)
      else if (this.#text[this.at] === "{") {
        this.at++
        text += "{"
      } else text += character
    }
  }

  #quoted(): string {
    const start = this.at
    let text = ""
    for (;;) {
      const character = this.#text[this.at]
      if (character === undefined || character === "\n") throw new LexicalError("non-terminated string", start - 1)
      this.at++
      if (character === '"') return text
      text += character === "\\" ? this.#escape(false) : character
    }
  }

  /** What a backslash and the characters after it stand for. */
  #escape(inTemplate: boolean): string {
    const character = this.#text[this.at] ?? ""
    this.at++
    if (character === "u") {
      const digits = this.#text.slice(this.at, this.at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new LexicalError("illegal escape sequence", this.at - 2)
      this.at += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const found = character === "{" && !inTemplate ? undefined : escapes[character]
    if (found === undefined) throw new LexicalError("illegal escape sequence", this.at - 2)
    return found
  }
}
