import { assert, describe, it } from "@effect/vitest"
import { builtins } from "../../../../src/policy/rego/builtins/Builtins.ts"
import { compileProgram } from "../../../../src/policy/rego/compiler/Compile.ts"
import { usesOf } from "../../../../src/policy/rego/compiler/Uses.ts"
import { LoadError } from "../../../../src/policy/rego/syntax/Location.ts"
import { parseQuery } from "../../../../src/policy/rego/syntax/Parse.ts"

const program = (body: string, query = "data.test.p") =>
  compileProgram(
    [{ file: "p.rego", text: `package test\n${body}`, version: 1 }],
    parseQuery(query, { version: 1 }),
    builtins
  )
const faults = (body: string, query?: string): ReadonlyArray<string> => {
  try {
    program(body, query)
    return []
  } catch (error) {
    if (error instanceof LoadError) return error.errors.map(({ code, location }) => `${location.row} ${code}`)
    throw error
  }
}

describe("the compiler", () => {
  it("reorders a body so that every variable has a value where one is needed", () => {
    assert.deepStrictEqual(faults("p if { x > 1; x = y + 1; y = input.z }"), [])
  })

  it.each([
    ["a variable without a value", "p if x > 1", ["2 rego_unsafe_var_error"]],
    ["one bound below a negation alone", "p if not x == 1", ["2 rego_unsafe_var_error"]],
    ["rules that depend on themselves", "p if q\nq if r\nr if p", ["2 rego_recursion_error"]],
    ["an unknown function", "p if nowhere(1)", ["2 rego_type_error"]],
    ["a wrong number of operands", "p if count(1, 2, 3)", ["2 rego_type_error"]],
    ["two kinds of rule under one name", "p := 1\np contains 2", ["2 rego_type_error"]],
    ["two defaults", "default p := 1\ndefault p := 2", ["3 rego_type_error"]],
    ["a built-in that waits for the network", 'p if http.send({"method": "get", "url": "x"})', ["2 rego_type_error"]]
  ])("refuses %s", (_, body, expected) => {
    const found = faults(body)
    assert.isNotEmpty(found)
    assert.deepStrictEqual(
      found.map((each) => each.split(" ")[1]),
      expected.map((each) => each.split(" ")[1])
    )
  })

  it("reports everything that is wrong, in the order of the source", () => {
    assert.deepStrictEqual(faults("p if x\nq if y"), ["2 rego_unsafe_var_error", "3 rego_unsafe_var_error"])
  })

  it("knows what a policy reads and calls", () => {
    const of = (body: string) => {
      const { nodes, query } = program(body)
      return usesOf(nodes, query.body)
    }
    assert.notDeepEqual(of("p if time.now_ns() > 1"), of("p if input.x"))
  })
})
