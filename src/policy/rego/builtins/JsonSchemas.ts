/** `json.match_schema` and `json.verify_schema`. */
import { any, anyObject, arrayOf, boolean, nullType, oneOf, string, struct, tuple } from "../Type.ts"
import { record } from "../values/Collections.ts"
import { JsonError, jsonText, parseJson } from "../values/Json.ts"
import { isArray, isObject, type RegoObject, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { JsonSchema } from "./JsonSchema.ts"
import { Operands } from "./Operands.ts"
import { compile } from "./Regex.ts"

const types = ["array", "boolean", "integer", "number", "null", "object", "string"]
const mapsOfSchemas = ["properties", "patternProperties", "definitions"]
const listsOfSchemas = ["allOf", "anyOf", "oneOf"]
const schemas = ["not", "if", "then", "else", "additionalProperties", "additionalItems", "contains", "propertyNames"]

const deepest = 200

/** What is wrong with a schema; undefined for nothing. */
const flaw = (schema: Value, context: BuiltinContext, depth = 0): string | undefined => {
  context.budget.spend(1)
  if (depth > deepest) return "the schema is nested too deeply"
  if (typeof schema === "boolean") return undefined
  if (!isObject(schema)) return "schema is invalid: it must be an object or a boolean"
  const type = schema.get("type")
  for (const name of isArray(type) ? type : type === undefined ? [] : [type]) {
    if (typeof name === "string" && types.includes(name)) continue
    const given = typeof name === "string" ? name : jsonText(name)
    return `has a primitive type that is NOT VALID -- given: /${given}/ Expected valid values are:[${types.join(" ")}]`
  }
  const pattern = schema.get("pattern")
  if (pattern !== undefined && (typeof pattern !== "string" || compile(pattern) === undefined)) {
    return "pattern must be a valid regular expression"
  }
  const inner = (value: Value | undefined) => (value === undefined ? undefined : flaw(value, context, depth + 1))
  for (const name of mapsOfSchemas) {
    const map = schema.get(name)
    if (map !== undefined && !isObject(map)) return `${name} must be of type object`
    for (const [, part] of map?.sorted() ?? []) {
      const found = inner(part)
      if (found !== undefined) return found
    }
  }
  for (const name of listsOfSchemas) {
    const list = schema.get(name)
    if (list !== undefined && (!isArray(list) || list.length === 0)) return `${name} must be of type array`
    for (const part of list ?? []) {
      const found = inner(part)
      if (found !== undefined) return found
    }
  }
  const items = schema.get("items")
  const parts = [...(isArray(items) ? items : [items]), ...schemas.map((name) => schema.get(name))]
  return parts.map(inner).find((found) => found !== undefined)
}

/** A document given as JSON text or as a value. */
const documentAt = (operands: Operands, position: number): Value => {
  const value = operands.value(position)
  if (isObject(value)) return value
  if (typeof value !== "string") return operands.wrong(position, "one of {object, string}")
  try {
    return parseJson(value)
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
    return operands.fail(cause.message)
  }
}

const match = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("json.match_schema", args)
  const document = documentAt(operands, 1)
  const schema = documentAt(operands, 2)
  const wrong = flaw(schema, context)
  if (wrong !== undefined) return operands.fail(wrong)
  if (!isObject(schema)) return [schema === true, []]
  const violations = new JsonSchema(schema, context.budget)
    .violations(document)
    .map(
      ({ description, field, type }): RegoObject =>
        record({ error: `${field}: ${description}`, type, field, desc: description })
    )
  return [violations.length === 0, violations]
}

const verify = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("json.verify_schema", args)
  const text = operands.value(1)
  let schema: Value
  try {
    schema = typeof text === "string" ? parseJson(text) : text
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
    return [false, `jsonschema: ${cause.message}`]
  }
  const wrong = flaw(schema, context)
  return [wrong === undefined, wrong === undefined ? null : `jsonschema: ${wrong}`]
}

const document = oneOf(string, anyObject)
const violation = struct({ error: string, type: string, field: string, desc: string })

export const jsonSchemas: ReadonlyArray<Builtin> = [
  define("json.match_schema", [document, document], tuple(boolean, arrayOf(violation)), match),
  define("json.verify_schema", [oneOf(string, anyObject, any)], tuple(boolean, oneOf(nullType, string)), verify)
]
