/** Built-ins that ask for a value's type, and conversions between types. */
import { any, boolean, nullType, number, oneOf, setOfType, string } from "../Type.ts"
import { setOf } from "../values/Collections.ts"
import { parseNumber } from "../values/Decimal.ts"
import { isArray, isNumber, isObject, isSet, typeName, type Value } from "../values/Value.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const is = (name: string, holds: (value: Value) => boolean): Builtin =>
  define(name, [any], boolean, ([value = null]) => holds(value))

const goNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const notANumber = /^[+-]?(nan|inf|infinity)$/i

/** The JSON number for a number in Go's syntax, which also allows `+1`, `.5`, `5.` and leading zeros. */
const jsonNumber = (text: string): string => {
  const [mantissa = "", power] = text
    .replace("+", text.startsWith("+") ? "" : "+")
    .toLowerCase()
    .split("e")
  const sign = mantissa.startsWith("-") ? "-" : ""
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".")
  const digits = whole.replace(/^0+(?=\d)/, "") || "0"
  return `${sign}${digits}${fraction === "" ? "" : `.${fraction}`}${power === undefined ? "" : `e${power}`}`
}

const toNumber = (args: ReadonlyArray<Value>): Value => {
  const operands = new Operands("to_number", args)
  const value = operands.value(1)
  if (value === null) return 0
  if (typeof value === "boolean") return value ? 1 : 0
  if (isNumber(value)) return value
  if (typeof value !== "string" || notANumber.test(value)) {
    return operands.wrong(1, "one of {null, boolean, number, string}", "not a number")
  }
  const parsed = goNumber.test(value) ? parseNumber(jsonNumber(value)) : undefined
  return parsed ?? operands.fail("invalid syntax")
}

const cast = (name: string, expected: string, convert: (value: Value) => Value | undefined): Builtin =>
  define(name, [any], any, (args) => {
    const operands = new Operands(name, args)
    return convert(operands.value(1)) ?? operands.wrong(1, expected)
  })

const itself = (holds: (value: Value) => boolean) => (value: Value) => (holds(value) ? value : undefined)

export const typeChecks: ReadonlyArray<Builtin> = [
  is("is_null", (value) => value === null),
  is("is_boolean", (value) => typeof value === "boolean"),
  is("is_number", isNumber),
  is("is_string", (value) => typeof value === "string"),
  is("is_array", isArray),
  is("is_object", isObject),
  is("is_set", isSet),
  define("type_name", [any], string, ([value = null]) => typeName(value)),
  define("to_number", [oneOf(number, string, boolean, nullType)], number, toNumber),
  cast("cast_array", "one of {array, set}", (value) =>
    isArray(value) ? value : isSet(value) ? value.sorted() : undefined
  ),
  cast("cast_set", "one of {set, array}", (value) =>
    isSet(value) ? value : isArray(value) ? setOf(value) : undefined
  ),
  cast(
    "cast_string",
    "string",
    itself((value) => typeof value === "string")
  ),
  cast(
    "cast_boolean",
    "boolean",
    itself((value) => typeof value === "boolean")
  ),
  define("cast_null", [any], nullType, (args) => {
    const operands = new Operands("cast_null", args)
    return operands.value(1) === null ? null : operands.wrong(1, "null")
  }),
  cast("cast_object", "object", itself(isObject)),
  define("set_diff", [setOfType(any), setOfType(any)], setOfType(any), (args, context) => {
    const operands = new Operands("set_diff", args)
    const [left, right] = [operands.set(1), operands.set(2)]
    context.budget.spend(left.size)
    return setOf(left.sorted().filter((member) => !right.has(member)))
  })
]
