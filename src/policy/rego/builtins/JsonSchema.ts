/**
 * JSON Schema (drafts 4, 6 and 7) on Rego's values: numbers are exact and patterns take linear time, which no library
 * offers. References stay within the schema.
 */
import { codePoints } from "../values/CodePoints.ts"
import { compareNumbers, type RegoNumber, toBigInt } from "../values/Decimal.ts"
import { jsonText } from "../values/Json.ts"
import { equal } from "../values/Order.ts"
import { isArray, isNumber, isObject, type RegoObject, typeName, type Value } from "../values/Value.ts"
import { hasFormat } from "./JsonSchemaFormats.ts"
import { remainderIsZero } from "./JsonSchemaNumbers.ts"
import { compile } from "./Regex.ts"

/** What is wrong with a document, in the words of the library that OPA uses. */
export interface Violation {
  readonly field: string
  readonly type: string
  readonly description: string
}

/** What bounds the work. */
export interface Effort {
  readonly spend: (steps: number) => void
}

const deepest = 200

/** The field of the document a violation is about: `(root)`, `a.b`, `a.0`. */
const below = (field: string, key: string | number): string => (field === "(root)" ? String(key) : `${field}.${key}`)

const integerOf = (value: Value | undefined): number | undefined => (typeof value === "number" ? value : undefined)

const typesOf = (value: Value): ReadonlyArray<string> => {
  if (!isNumber(value)) return [typeName(value)]
  return toBigInt(value) === undefined ? ["number"] : ["integer", "number"]
}

const listed = (values: ReadonlyArray<Value>): string => values.map(jsonText).join(", ")

/** Follows `#`, `#/definitions/a` and `#name`. */
const resolve = (root: RegoObject, reference: string): Value | undefined => {
  if (reference === "#") return root
  if (!reference.startsWith("#/")) return undefined
  let found: Value | undefined = root
  for (const part of reference.slice(2).split("/")) {
    const key = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~")
    if (isObject(found)) found = found.get(key)
    else if (isArray(found)) found = found[Number(key)]
    else return undefined
  }
  return found
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Checks documents against one schema. */
export class JsonSchema {
  readonly #root: RegoObject
  readonly #effort: Effort

  constructor(root: RegoObject, effort: Effort) {
    this.#root = root
    this.#effort = effort
  }

  violations(document: Value): ReadonlyArray<Violation> {
    return this.#check(this.#root, document, "(root)", 0)
  }

  #check(schema: Value | undefined, value: Value, field: string, depth: number): ReadonlyArray<Violation> {
    this.#effort.spend(1)
    if (depth > deepest) return [{ field, type: "depth", description: "The schema is nested too deeply" }]
    if (schema === false) return [{ field, type: "false", description: "False always fails validation" }]
    if (!isObject(schema)) return []
    const reference = schema.get("$ref")
    if (typeof reference === "string") return this.#check(resolve(this.#root, reference), value, field, depth + 1)
    const found: Array<Violation> = []
    const add = (type: string, description: string, at = field) => found.push({ field: at, type, description })
    const inner = (part: Value | undefined, member: Value, at: string) => this.#check(part, member, at, depth + 1)

    this.#combined(schema, value, inner, field, found, add)
    if (!this.#hasType(schema, value, add)) return found
    const constant = schema.get("const")
    if (constant !== undefined && !equal(constant, value)) {
      add("const", `${field} does not match: ${jsonText(constant)}`)
    }
    const allowed = schema.get("enum")
    if (isArray(allowed) && !allowed.some((each) => equal(each, value))) {
      add("enum", `${field} must be one of the following: ${listed(allowed)}`)
    }
    const format = schema.get("format")
    if (typeof format === "string" && !hasFormat(format, value)) add("format", `Does not match format '${format}'`)
    if (isObject(value)) this.#object(schema, value, field, inner, found, add)
    else if (isArray(value)) this.#array(schema, value, field, inner, found, add)
    else if (typeof value === "string") this.#string(schema, value, add)
    else if (isNumber(value)) number(schema, value, add)
    return found
  }

  #hasType(schema: RegoObject, value: Value, add: Add): boolean {
    const type = schema.get("type")
    const expected = isArray(type) ? type : type === undefined ? [] : [type]
    if (expected.length === 0 || typesOf(value).some((name) => expected.includes(name))) return true
    const names = expected.map((name) => (typeof name === "string" ? name : jsonText(name)))
    const given = typesOf(value)[0] ?? ""
    const shown = isArray(type) ? `[${names.join(",")}]` : names.join()
    add("invalid_type", `Invalid type. Expected: ${shown}, given: ${given}`)
    return false
  }

  #combined(schema: RegoObject, value: Value, inner: Inner, field: string, found: Array<Violation>, add: Add): void {
    const passing = (
      name: string
    ): { readonly count: number; readonly of: number; readonly failed: ReadonlyArray<Violation> } => {
      const parts = schema.get(name)
      const results = isArray(parts) ? parts.map((part) => inner(part, value, field)) : []
      return { count: results.filter((each) => each.length === 0).length, of: results.length, failed: results.flat() }
    }
    const any = passing("anyOf")
    if (any.of > 0 && any.count === 0) {
      add("number_any_of", "Must validate at least one schema (anyOf)")
      found.push(...any.failed)
    }
    const one = passing("oneOf")
    if (one.of > 0 && one.count !== 1) {
      add("number_one_of", "Must validate one and only one schema (oneOf)")
      if (one.count === 0) found.push(...one.failed)
    }
    const all = passing("allOf")
    if (all.count < all.of) {
      add("number_all_of", "Must validate all the schemas (allOf)")
      found.push(...all.failed)
    }
    const not = schema.get("not")
    if (not !== undefined && inner(not, value, field).length === 0) {
      add("number_not", "Must not validate the schema (not)")
    }
    const condition = schema.get("if")
    if (condition === undefined) return
    const holds = inner(condition, value, field).length === 0
    const failed = inner(schema.get(holds ? "then" : "else"), value, field)
    if (failed.length === 0) return
    if (holds) add("condition_then", 'Must validate "then" as "if" was valid')
    else add("condition_else", 'Must validate "else" as "if" was not valid')
    found.push(...failed)
  }

  #object(schema: RegoObject, value: RegoObject, field: string, inner: Inner, found: Array<Violation>, add: Add): void {
    const [least, most] = [integerOf(schema.get("minProperties")), integerOf(schema.get("maxProperties"))]
    if (least !== undefined && value.size < least) add("array_min_properties", `Must have at least ${least} properties`)
    if (most !== undefined && value.size > most) add("array_max_properties", `Must have at most ${most} properties`)
    const required = schema.get("required")
    for (const name of isArray(required) ? required : []) {
      if (!value.has(name)) add("required", `${typeof name === "string" ? name : jsonText(name)} is required`)
    }
    this.#dependencies(schema, value, field, inner, found, add)
    const [properties, patterns] = [schema.get("properties"), schema.get("patternProperties")]
    const additional = schema.get("additionalProperties")
    for (const [key, member] of value.sorted()) {
      this.#effort.spend(1)
      const name = typeof key === "string" ? key : jsonText(key)
      const names = schema.get("propertyNames")
      if (names !== undefined && inner(names, name, below(field, name)).length > 0) {
        add("invalid_property_name", `Property name of "${name}" does not match`)
      }
      const known = isObject(properties) ? properties.get(key) : undefined
      const matching = isObject(patterns) ? patterns.sorted().filter(([pattern]) => this.#matches(pattern, name)) : []
      for (const part of [...(known === undefined ? [] : [known]), ...matching.map(([, part]) => part)]) {
        found.push(...inner(part, member, below(field, name)))
      }
      if (known !== undefined || matching.length > 0 || additional === undefined) continue
      if (additional === false) add("additional_property_not_allowed", `Additional property ${name} is not allowed`)
      else found.push(...inner(additional, member, below(field, name)))
    }
  }

  #dependencies(
    schema: RegoObject,
    value: RegoObject,
    field: string,
    inner: Inner,
    found: Array<Violation>,
    add: Add
  ): void {
    const dependencies = schema.get("dependencies")
    if (!isObject(dependencies)) return
    for (const [key, needed] of dependencies.sorted()) {
      if (!value.has(key)) continue
      if (!isArray(needed)) found.push(...inner(needed, value, field))
      else
        for (const name of needed)
          if (!value.has(name)) add("missing_dependency", `Has a dependency on ${jsonText(name)}`)
    }
  }

  #array(
    schema: RegoObject,
    value: ReadonlyArray<Value>,
    field: string,
    inner: Inner,
    found: Array<Violation>,
    add: Add
  ): void {
    const [least, most] = [integerOf(schema.get("minItems")), integerOf(schema.get("maxItems"))]
    if (least !== undefined && value.length < least) add("array_min_items", `Array must have at least ${least} items`)
    if (most !== undefined && value.length > most) add("array_max_items", `Array must have at most ${most} items`)
    if (schema.get("uniqueItems") === true) {
      this.#effort.spend(value.length)
      const places = new Map<string, number>()
      for (const [index, item] of value.entries()) {
        const key = jsonText(item)
        const first = places.get(key)
        if (first !== undefined) add("unique", `array items[${first},${index}] must be unique`)
        if (first !== undefined) break
        places.set(key, index)
      }
    }
    const contains = schema.get("contains")
    if (
      contains !== undefined &&
      !value.some((item, index) => inner(contains, item, below(field, index)).length === 0)
    ) {
      add("contains", "At least one of the items must match")
    }
    const items = schema.get("items")
    const additional = schema.get("additionalItems")
    for (const [index, item] of value.entries()) {
      const part = isArray(items) ? (items[index] ?? additional) : items
      if (part === false && isArray(items)) {
        add("array_no_additional_items", "No additional items allowed on array")
        return
      }
      found.push(...inner(part, item, below(field, index)))
    }
  }

  #string(schema: RegoObject, value: string, add: Add): void {
    const [least, most] = [integerOf(schema.get("minLength")), integerOf(schema.get("maxLength"))]
    const length = codePoints(value)
    if (least !== undefined && length < least) {
      add("string_gte", `String length must be greater than or equal to ${least}`)
    }
    if (most !== undefined && length > most) add("string_lte", `String length must be less than or equal to ${most}`)
    const pattern = schema.get("pattern")
    if (pattern !== undefined && !this.#matches(pattern, value)) {
      add("pattern", `Does not match pattern '${typeof pattern === "string" ? pattern : ""}'`)
    }
  }

  #matches(pattern: Value, text: string): boolean {
    const regex = typeof pattern === "string" ? compile(pattern) : undefined
    if (regex === undefined) return false
    this.#effort.spend(1 + Math.ceil((text.length * regex.programSize()) / 256))
    return regex.matcher(text).find()
  }
}

type Add = (type: string, description: string, field?: string) => void
type Inner = (schema: Value | undefined, value: Value, field: string) => ReadonlyArray<Violation>

const numberAt = (schema: RegoObject, name: string): RegoNumber | undefined => {
  const value = schema.get(name)
  return isNumber(value) ? value : undefined
}

const number = (schema: RegoObject, value: RegoNumber, add: Add): void => {
  const shown = (limit: RegoNumber) => jsonText(limit)
  const multiple = numberAt(schema, "multipleOf")
  if (multiple !== undefined && !remainderIsZero(value, multiple)) {
    add("multiple_of", `Must be a multiple of ${shown(multiple)}`)
  }
  const [least, most] = [numberAt(schema, "minimum"), numberAt(schema, "maximum")]
  // Draft 4 says with `true` that the limit itself is excluded, later ones give a limit of its own.
  const above = numberAt(schema, "exclusiveMinimum") ?? (schema.get("exclusiveMinimum") === true ? least : undefined)
  const under = numberAt(schema, "exclusiveMaximum") ?? (schema.get("exclusiveMaximum") === true ? most : undefined)
  if (least !== undefined && above !== least && compareNumbers(value, least) < 0) {
    add("number_gte", `Must be greater than or equal to ${shown(least)}`)
  }
  if (above !== undefined && compareNumbers(value, above) <= 0) add("number_gt", `Must be greater than ${shown(above)}`)
  if (most !== undefined && under !== most && compareNumbers(value, most) > 0) {
    add("number_lte", `Must be less than or equal to ${shown(most)}`)
  }
  if (under !== undefined && compareNumbers(value, under) >= 0) add("number_lt", `Must be less than ${shown(under)}`)
}
