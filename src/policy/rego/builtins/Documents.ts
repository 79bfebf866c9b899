/** JSON and YAML as text. */
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, stringify } from "yaml"
import { any, boolean, mapOf, string } from "../Type.ts"
import { objectOf } from "../values/Collections.ts"
import { fromBigInt, parseNumber } from "../values/Decimal.ts"
import { fromJavaScript, JsonError, jsonKey, jsonText, parseJson } from "../values/Json.ts"
import { compareStrings } from "../values/Order.ts"
import {
  isArray,
  isNumber,
  isObject,
  isSet,
  type Pair,
  type RegoObject,
  type Value,
  valueText
} from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

/** JSON over several lines. */
const indented = (value: Value, prefix: string, indent: string): string => {
  const items = isArray(value) ? value : isSet(value) ? value.sorted() : undefined
  const inner = `${prefix}${indent}`
  const block = (open: string, lines: ReadonlyArray<string>, close: string) =>
    lines.length === 0
      ? `${open}${close}`
      : `${open}\n${lines.map((line) => inner + line).join(",\n")}\n${prefix}${close}`
  if (items !== undefined)
    return block(
      "[",
      items.map((item) => indented(item, inner, indent)),
      "]"
    )
  if (!isObject(value)) return jsonText(value)
  const lines = value
    .sorted()
    .map(([key, member]) => [jsonKey(key), member] as const)
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}: ${indented(member, inner, indent)}`)
  return block("{", lines, "}")
}

const known: ReadonlySet<Value> = new Set(["indent", "prefix", "pretty"])

const option = (operands: Operands, options: RegoObject, name: string, fallback: string): string => {
  const value = options.get(name)
  if (value === undefined) return fallback
  return typeof value === "string" ? value : operands.wrongly(2, `key "${name}" failed cast to string`)
}

const marshalWith = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("json.marshal_with_options", args)
  const options = operands.object(2)
  for (const [key] of options.pairs.values()) {
    if (!known.has(key)) return operands.wrongly(2, `object contained unknown key ${valueText(key)}`)
  }
  const pretty = options.get("pretty") ?? (options.has("indent") || options.has("prefix"))
  if (typeof pretty !== "boolean") return operands.wrongly(2, 'key "pretty" failed cast to bool')
  if (!pretty) return marshalled(operands.value(1), context)
  const prefix = option(operands, options, "prefix", "")
  const text = indented(operands.value(1), prefix, option(operands, options, "indent", "\t"))
  context.budget.allocate(text.length)
  return prefix + text
}

const marshalled = (value: Value, context: BuiltinContext): string => {
  const text = jsonText(value)
  context.budget.allocate(text.length)
  return text
}

const json = (text: string): Value | JsonError => {
  try {
    return parseJson(text)
  } catch (cause) {
    if (cause instanceof JsonError) return cause
    throw cause
  }
}

/** How much nesting and how many aliases YAML may have. */
const deepestYaml = 200
const mostAliases = 100

class YamlError extends Error {}

const integer = /^[-+]?\d+$/

const scalar = (value: unknown, source: string | undefined): Value => {
  // Digits that a double would lose.
  if (typeof value === "number" && source !== undefined && parseNumber(source) !== undefined)
    return parseNumber(source) ?? 0
  if (typeof value === "number" && source !== undefined && integer.test(source))
    return fromBigInt(BigInt(source.replace("+", "")))
  return value instanceof Date ? value.toISOString() : fromJavaScript(value)
}

/** Reads the first document of YAML text. Throws `YamlError`. */
export const parseYaml = (text: string): Value => {
  const counter = new LineCounter()
  const [document] = parseAllDocuments(text, {
    lineCounter: counter,
    uniqueKeys: true,
    prettyErrors: false,
    stringKeys: false
  })
  if (document === undefined || !("contents" in document)) return null
  const [error] = document.errors
  if (error !== undefined)
    throw new YamlError(`yaml: line ${counter.linePos(error.pos[0]).line}: did not find expected: ${error.message}`)
  let aliases = 0
  const convert = (node: unknown, depth: number): Value => {
    if (depth > deepestYaml) throw new YamlError("yaml: nested too deeply")
    if (node === null || node === undefined) return null
    if (isScalar(node)) return scalar(node.value, node.type === "PLAIN" ? node.source : undefined)
    if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1))
    if (isMap(node)) {
      return objectOf(
        node.items.filter(isPair).map(({ key, value }): Pair => {
          const name = convert(key, depth + 1)
          return [typeof name === "string" ? name : jsonText(name), convert(value, depth + 1)]
        })
      )
    }
    if (isAlias(node)) {
      if (++aliases > mostAliases) throw new YamlError("yaml: too many aliases")
      return convert(node.resolve(document), depth + 1)
    }
    throw new YamlError("yaml: unknown kind of node")
  }
  const contents: Node | null = document.contents
  return convert(contents, 0)
}

const yaml = (text: string): Value | YamlError => {
  try {
    return parseYaml(text)
  } catch (cause) {
    if (cause instanceof YamlError) return cause
    throw cause
  }
}

/** What the YAML writer takes. Numbers that JavaScript has none for are written as they are by JSON. */
const plain = (value: Value): unknown => {
  if (isArray(value)) return value.map(plain)
  if (isSet(value)) return value.sorted().map(plain)
  if (isObject(value)) {
    const pairs = value.sorted().map(([key, member]) => [jsonKey(key), plain(member)] as const)
    return Object.fromEntries(pairs.sort(([a], [b]) => compareStrings(a, b)))
  }
  if (isNumber(value) && typeof value !== "number")
    return value.isInteger ? BigInt(value.parts.coefficient) * 10n ** BigInt(value.parts.exponent) : Number(value.text)
  return value
}

export const documents: ReadonlyArray<Builtin> = [
  define("json.marshal", [any], string, ([value = null], context) => marshalled(value, context)),
  define("json.marshal_with_options", [any, mapOf(string, any)], string, marshalWith),
  define("json.unmarshal", [string], any, (args, context) => {
    const operands = new Operands("json.unmarshal", args)
    context.budget.allocate(operands.string(1).length)
    const value = json(operands.string(1))
    return value instanceof JsonError ? operands.fail(value.message) : value
  }),
  define("json.is_valid", [any], boolean, ([text]) => typeof text === "string" && !(json(text) instanceof JsonError)),
  define("yaml.marshal", [any], string, ([value = null], context) => {
    const text = stringify(plain(value), { lineWidth: 0, indentSeq: false })
    context.budget.allocate(text.length)
    return text
  }),
  define("yaml.unmarshal", [string], any, (args, context) => {
    const operands = new Operands("yaml.unmarshal", args)
    context.budget.allocate(operands.string(1).length * 8)
    const value = yaml(operands.string(1))
    return value instanceof YamlError ? operands.fail(value.message) : value
  }),
  define("yaml.is_valid", [any], boolean, ([text]) => typeof text === "string" && !(yaml(text) instanceof YamlError))
]
