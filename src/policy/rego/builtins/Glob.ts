/** `glob.match`: shell-like patterns with separators, matched as regular expressions in linear time. */
import { RE2JS } from "re2js"
import { arrayOf, boolean, nullType, oneOf, string } from "../Type.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"
import { pattern } from "./Regex.ts"

/** How deep alternatives `{a,{b,c}}` may be nested. */
const deepest = 64

class Malformed extends Error {}

/** Reads a glob and writes the regular expression that means the same. */
class Translator {
  readonly #text: ReadonlyArray<string>
  readonly #other: string
  #at = 0

  constructor(glob: string, separators: ReadonlyArray<string>) {
    this.#text = [...glob]
    this.#other = separators.length === 0 ? "." : `[^${separators.map(inClass).join("")}]`
  }

  translate(): string {
    const body = this.#sequence(0)
    if (this.#at < this.#text.length) throw new Malformed()
    return `(?s)^(?:${body})$`
  }

  #sequence(depth: number): string {
    let result = ""
    for (let character = this.#text[this.#at]; character !== undefined; character = this.#text[this.#at]) {
      if (depth > 0 && (character === "," || character === "}")) return result
      this.#at++
      result += this.#element(character, depth)
    }
    return result
  }

  #element(character: string, depth: number): string {
    switch (character) {
      case "*": {
        if (this.#text[this.#at] !== "*") return `${this.#other}*`
        this.#at++
        return ".*"
      }
      case "?":
        return this.#other
      case "\\":
        return RE2JS.quote(this.#text[this.#at++] ?? "")
      case "[":
        return this.#class()
      case "{":
        return this.#alternatives(depth + 1)
      default:
        return RE2JS.quote(character)
    }
  }

  /** `[abc]`, `[!abc]`, `[a-c]`, `[!a-c]`. */
  #class(): string {
    const negated = this.#text[this.#at] === "!"
    if (negated) this.#at++
    const members: Array<string> = []
    for (let character = this.#text[this.#at++]; character !== "]"; character = this.#text[this.#at++]) {
      if (character === undefined) throw new Malformed()
      members.push(character === "\\" ? (this.#text[this.#at++] ?? "") : character)
    }
    const [low, dash, high] = members
    if (low === undefined) throw new Malformed()
    const isRange = members.length === 3 && dash === "-" && high !== undefined
    if (isRange && low > high) throw new Malformed()
    const inside = isRange ? `${inClass(low)}-${inClass(high)}` : members.map(inClass).join("")
    return `[${negated ? "^" : ""}${inside}]`
  }

  #alternatives(depth: number): string {
    if (depth > deepest) throw new Malformed()
    const parts = [this.#sequence(depth)]
    for (let character = this.#text[this.#at++]; character !== "}"; character = this.#text[this.#at++]) {
      if (character !== ",") throw new Malformed()
      parts.push(this.#sequence(depth))
    }
    return `(?:${parts.join("|")})`
  }
}

const inClass = (character: string): string => (/[\w\s]/.test(character) ? character : `\\x{${hexOf(character)}}`)

const hexOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16)

const separatorsOf = (operands: Operands): ReadonlyArray<string> => {
  if (operands.value(2) === null) return []
  const separators = operands.array(2).map((separator) => {
    if (typeof separator !== "string") return operands.wrong(2, "array of strings", "array containing other values")
    return [...separator][0] ?? ""
  })
  return separators.length === 0 ? ["."] : separators.filter((separator) => separator !== "")
}

const match = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("glob.match", args)
  const glob = operands.string(1)
  const separators = separatorsOf(operands)
  const text = operands.string(3)
  const regex = translated(glob, separators) ?? operands.fail("invalid pattern")
  return pattern("glob.match", regex, text, context).matcher(text).find()
}

const translated = (glob: string, separators: ReadonlyArray<string>): string | undefined => {
  try {
    return new Translator(glob, separators).translate()
  } catch (cause) {
    if (cause instanceof Malformed) return undefined
    throw cause
  }
}

export const globs: ReadonlyArray<Builtin> = [
  define("glob.match", [string, oneOf(arrayOf(string), nullType), string], boolean, match),
  define("glob.quote_meta", [string], string, (args) =>
    new Operands("glob.quote_meta", args).string(1).replace(/[*?\\[\]{},]/g, "\\$&")
  )
]
