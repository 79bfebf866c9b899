import { assert, describe, it } from "@effect/vitest"
import { Budget } from "../../../../src/policy/rego/Budget.ts"
import { BuiltinError } from "../../../../src/policy/rego/builtins/Builtin.ts"
import { builtins } from "../../../../src/policy/rego/builtins/Builtins.ts"
import { jsonText, parseJson } from "../../../../src/policy/rego/values/Json.ts"
import { isArray, type Value } from "../../../../src/policy/rego/values/Value.ts"

const context = {
  budget: new Budget({}),
  now: 0n,
  random: () => 0,
  once: (_: string, __: string, make: () => Value) => make()
}

const call = (name: string, args: string): string => {
  const builtin = builtins.get(name)
  const values = parseJson(`[${args}]`)
  if (builtin === undefined || !("call" in builtin) || !isArray(values)) return "none"
  try {
    const result = builtin.call(values, context)
    return result === undefined ? "undefined" : jsonText(result)
  } catch (error) {
    if (error instanceof BuiltinError) return `${error.code}: ${error.message}`
    throw error
  }
}

describe("arithmetic", () => {
  it.each([
    ["plus", "1, 2", "3"],
    ["plus", "18446744073709551617, 1", "18446744073709551618"],
    ["mul", "18446744073709551617, 2", "36893488147419103234"],
    ["mul", "3037000500, 3037000500", "9223372037000250000"],
    ["minus", "-9007199254740991, 1", "-9007199254740992"],
    ["plus", "0.1, 0.2", "0.3"],
    ["plus", "1.5, 1.5", "3"],
    ["mul", "1234567.5, 1", "1.2345675e+06"],
    ["div", "1, 3", "0.33333333333333333334"],
    ["div", "10, 4", "2.5"],
    ["div", "-7, 7", "-1"],
    ["div", "1, 0", "eval_builtin_error: div: divide by zero"],
    ["rem", "-7, 3", "-1"],
    ["rem", "1.5, 1", "eval_builtin_error: rem: modulo on floating-point number"],
    ["rem", "1, 0", "eval_builtin_error: rem: modulo by zero"],
    ["round", "2.5", "3"],
    ["round", "-2.5", "-3"],
    ["ceil", "-1.5", "-1"],
    ["floor", "-1.5", "-2"],
    ["abs", "-18446744073709551617", "18446744073709551617"],
    ["sum", "[49649733057, 1]", "49649733058"],
    ["sum", '[1, "a"]', "eval_type_error: sum: operand 1 must be array of number but got array containing string"],
    ["product", "[2, 3.5]", "7"],
    ["minus", '1, "a"', "eval_type_error: minus: operand 2 must be number but got string"],
    ["count", '"😀ä"', "2"],
    ["count", "null", "eval_type_error: count: operand 1 must be one of {array, object, set, string} but got null"],
    ["max", "[]", "undefined"],
    ["max", '[1, "a", null]', '"a"'],
    ["mul", "1e70000, 10", "eval_builtin_error: mul: number too large"]
  ])("%s(%s) is %s", (name, args, expected) => {
    assert.strictEqual(call(name, args), expected)
  })
})
