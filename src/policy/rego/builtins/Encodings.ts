/** Base64, hexadecimal and URL queries. */
import { any, arrayOf, boolean, mapOf, oneOf, setOfType, string } from "../Type.ts"
import { objectOf } from "../values/Collections.ts"
import { isArray, isSet, type Pair, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const base64url = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/

/** The first character that does not belong into Base64, as Go counts it. */
const illegalAt = (text: string, alphabet: RegExp): number => {
  const found = text.search(alphabet)
  return found >= 0 ? found : text.length - (text.length % 4)
}

/** Bytes of Base64, with line breaks ignored; or where it is illegal. */
export const decodeBase64 = (text: string): Buffer | number => {
  const plain = text.replace(/[\r\n]/g, "")
  return base64.test(plain) ? Buffer.from(plain, "base64") : illegalAt(plain, /[^A-Za-z0-9+/]/)
}

/** Bytes of Base64 for URLs, padded or not; or where it is illegal. */
export const decodeBase64Url = (text: string): Buffer | number =>
  base64url.test(text) ? Buffer.from(text, "base64url") : illegalAt(text, /[^A-Za-z0-9_-]/)

const illegal = (operands: Operands, place: number): never =>
  operands.fail(`illegal base64 data at input byte ${place}`)

const onString = (
  name: string,
  result: typeof string,
  call: (text: string, operands: Operands, context: BuiltinContext) => Value
): Builtin =>
  define(name, [string], result, (args, context) => {
    const operands = new Operands(name, args)
    const text = operands.string(1)
    context.budget.allocate(text.length * 3)
    return call(text, operands, context)
  })

const decoding = (decode: (text: string) => Buffer | number) => (text: string, operands: Operands) => {
  const bytes = decode(text)
  return typeof bytes === "number" ? illegal(operands, bytes) : bytes.toString()
}

const decodeHex = (text: string, operands: Operands): string => {
  const bad = [...text].find((character) => !/[0-9a-fA-F]/.test(character))
  if (bad !== undefined) {
    const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")
    return operands.fail(`invalid byte: U+${code} '${bad}'`)
  }
  return text.length % 2 === 0 ? Buffer.from(text, "hex").toString() : operands.fail("odd length hex string")
}

/** Escapes as Go's `url.QueryEscape`: blanks become `+`. */
const escapeQuery = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")

const unescapeQuery = (text: string, operands: Operands): string => {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/su.exec(text)?.[0]
  if (bad !== undefined) return operands.fail(`invalid URL escape ${JSON.stringify(bad)}`)
  const bytes = Buffer.from(text.replaceAll("+", " ")).toString("latin1")
  const raw = bytes.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(raw, "latin1").toString()
}

const encodeObject = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("urlquery.encode_object", args)
  const pairs = operands
    .object(1)
    .sorted()
    .flatMap(([key, value]) => {
      if (typeof key !== "string") return operands.wrongly(1, "keys must be strings")
      const values = isArray(value) ? value : isSet(value) ? value.sorted() : [value]
      context.budget.spend(values.length)
      return values.map((each) => {
        if (typeof each !== "string") return operands.wrongly(1, "values must be string, array[string], or set[string]")
        return `${escapeQuery(key)}=${escapeQuery(each)}`
      })
    })
  return pairs.join("&")
}

const decodeObject = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("urlquery.decode_object", args)
  const values = new Map<string, Array<string>>()
  for (const part of operands.string(1).split("&")) {
    context.budget.spend(1)
    if (part === "") continue
    if (part.includes(";")) return operands.fail("invalid semicolon separator in query")
    const at = part.indexOf("=")
    const key = unescapeQuery(at < 0 ? part : part.slice(0, at), operands)
    const value = unescapeQuery(at < 0 ? "" : part.slice(at + 1), operands)
    const known = values.get(key)
    if (known === undefined) values.set(key, [value])
    else known.push(value)
  }
  return objectOf([...values].map(([key, list]): Pair => [key, list]))
}

const queryValues = oneOf(string, arrayOf(string), setOfType(string))

export const encodings: ReadonlyArray<Builtin> = [
  onString("base64.encode", string, (text) => Buffer.from(text).toString("base64")),
  onString("base64.decode", string, decoding(decodeBase64)),
  define(
    "base64.is_valid",
    [any],
    boolean,
    ([text]) => typeof text === "string" && typeof decodeBase64(text) !== "number"
  ),
  onString("base64url.encode", string, (text) => {
    const encoded = Buffer.from(text).toString("base64url")
    return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=")
  }),
  onString("base64url.encode_no_pad", string, (text) => Buffer.from(text).toString("base64url")),
  onString("base64url.decode", string, decoding(decodeBase64Url)),
  onString("hex.encode", string, (text) => Buffer.from(text).toString("hex")),
  onString("hex.decode", string, decodeHex),
  onString("urlquery.encode", string, escapeQuery),
  onString("urlquery.decode", string, unescapeQuery),
  define("urlquery.encode_object", [mapOf(string, queryValues)], string, encodeObject),
  define("urlquery.decode_object", [string], mapOf(string, arrayOf(string)), decodeObject)
]
