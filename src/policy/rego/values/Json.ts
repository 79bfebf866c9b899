/** JSON text to values and back, without losing a digit of a number. */
import { objectOf } from "./Collections.ts"
import { fromDouble, longestNumber, numberText, parseNumber } from "./Decimal.ts"
import { compareStrings } from "./Order.ts"
import { isArray, isNumber, type Pair, type Value, valueText } from "./Value.ts"

/** How deep arrays and objects may be nested in JSON text. */
export const deepestJson = 1_000

/** What is wrong with JSON text, and where: `offset` counts UTF-16 units. */
export class JsonError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const space = /[ \t\n\r]*/y
const plainString = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y
const words: Readonly<Record<string, Value>> = { true: true, false: false, null: null }

class Reader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  fail(expected: string): never {
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : "the end"
    throw new JsonError(`expected ${expected}, found ${found}`, this.at)
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  /** Skips white space; true when the character follows and was read. */
  sees(character: string): boolean {
    this.take(space)
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  string(): string | undefined {
    const raw = this.take(plainString)
    if (raw === undefined) return undefined
    const text: unknown = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1)
    return typeof text === "string" ? text : undefined
  }

  array(depth: number): Value {
    const items: Array<Value> = []
    if (this.sees("]")) return items
    do items.push(this.value(depth))
    while (this.sees(","))
    return this.sees("]") ? items : this.fail('"," or "]"')
  }

  object(depth: number): Value {
    const pairs: Array<Pair> = []
    if (this.sees("}")) return objectOf(pairs)
    do {
      this.take(space)
      const key = this.string() ?? this.fail("a string key")
      if (!this.sees(":")) this.fail('":"')
      pairs.push([key, this.value(depth)])
    } while (this.sees(","))
    return this.sees("}") ? objectOf(pairs) : this.fail('"," or "}"')
  }

  value(depth: number): Value {
    if (depth > deepestJson) throw new JsonError(`nested deeper than ${deepestJson}`, this.at)
    if (this.sees("{")) return this.object(depth + 1)
    if (this.sees("[")) return this.array(depth + 1)
    const text = this.string()
    if (text !== undefined) return text
    const digits = this.take(number)
    if (digits !== undefined) {
      return parseNumber(digits) ?? this.fail(`a number of at most ${longestNumber} digits`)
    }
    return words[this.take(word) ?? this.fail("a value")] ?? null
  }
}

/** Reads one JSON value. Of repeated keys the last counts. Throws `JsonError`. */
export const parseJson = (text: string): Value => {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.take(space)
  return reader.at === text.length ? value : reader.fail("the end")
}

/**
 * A value of JavaScript (as `JSON.parse` makes them) as a value of Rego. `bigint` becomes an integer; members that
 * are undefined are left out; what JSON cannot hold is null.
 */
export const fromJavaScript = (value: unknown): Value => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      return fromDouble(value) ?? null
    case "bigint":
      return parseNumber(value.toString()) ?? null
    case "object":
      if (value === null) return null
      if (Array.isArray(value)) return value.map(fromJavaScript)
      return objectOf(
        Object.entries(value).flatMap(
          ([key, member]): ReadonlyArray<Pair> => (member === undefined ? [] : [[key, fromJavaScript(member)]])
        )
      )
  }
  return null
}

/** What stands for an object's key in JSON: other keys than strings are written as their own text. */
export const jsonKey = (key: Value): string => (typeof key === "string" ? key : jsonText(key))

/** A value as compact JSON. Sets become arrays in their order; objects are ordered by key. */
export const jsonText = (value: Value): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (value === null || typeof value === "boolean") return valueText(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return `[${value.map(jsonText).join(",")}]`
  if (value.kind === "set") return `[${value.sorted().map(jsonText).join(",")}]`
  return `{${value
    .sorted()
    .map(([key, member]) => [jsonKey(key), member] as const)
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
    .join(",")}}`
}
