import { assert, describe, it } from "@effect/vitest"
import { Interrupted, type Limits } from "../../../src/policy/rego/Budget.ts"
import { EvaluationError } from "../../../src/policy/rego/evaluator/Runtime.ts"
import { compile } from "../../../src/policy/rego/Rego.ts"
import { LoadError } from "../../../src/policy/rego/syntax/Location.ts"
import { jsonText, parseJson } from "../../../src/policy/rego/values/Json.ts"

interface Given {
  readonly query?: string
  readonly version?: 0 | 1
  readonly input?: string
  readonly data?: string
  readonly limits?: Limits
}

/** What a module answers, as text: its first value, `undefined`, or the error. */
const answer = (body: string, given: Given = {}): string => {
  const version = given.version ?? 1
  try {
    const policy = compile({
      modules: [{ file: "p.rego", text: `package test\n${body}`, version }],
      query: given.query ?? "data.test.p"
    })
    const [result] = policy.evaluate({
      input: given.input === undefined ? undefined : parseJson(given.input),
      data: given.data === undefined ? undefined : parseJson(given.data),
      limits: given.limits ?? {}
    })
    const value = result?.values[0]
    return value === undefined ? "undefined" : jsonText(value)
  } catch (error) {
    if (error instanceof LoadError) {
      return error.errors.map(({ code, message, location }) => `${location.row}: ${code}: ${message}`).join("; ")
    }
    if (error instanceof EvaluationError) return `${error.location.row}: ${error.code}: ${error.reason}`
    if (error instanceof Interrupted) return `interrupted: ${error.reason}`
    throw error
  }
}

describe("a Rego policy", () => {
  it.each([
    ['p if input.user == "alice"', "true", { input: '{"user": "alice"}' }],
    ['p if input.user == "alice"', "undefined", { input: '{"user": "bob"}' }],
    ["default p := false\np if input.x", "false", {}],
    ["p contains x if some x in [3, 1, 2, 1]", "[1,2,3]", {}],
    ['p[k] := v if some k, v in {"a": 1}', '{"a":1}', {}],
    ["p := x if { y = x; y = 1 }", "1", {}],
    ['p := [x, y] if { [x, {"k": y}] = [1, {"k": 2}] }', "[1,2]", {}],
    ["p := [x | x := input[_]; x > 1]", "[2,3]", { input: "[1,2,3]" }],
    ["p if every x in [1, 2] { x < 3 }", "true", {}],
    ["p if not input.x", "true", {}],
    ['p if print("shown", input.missing)', "true", {}],
    ["p if not input.a == input.b", "true", { input: '{"a": 1}' }],
    ["p if not f(input.missing)\nf(x) := x", "undefined", {}],
    ['f(1) := "one"\nf(2) := "two"\np := [f(1), f(2)]', '["one","two"]', {}],
    ["f(x) := 1 if x > 5 else := 2\np := [f(6), f(1)]", "[1,2]", {}],
    ["p := data.x.y + 1", "3", { data: '{"x": {"y": 2}}' }],
    ["p := q.r\nq.r := 1", "1", {}],
    ['p := data.test.q\nq[x] := 1 if x := "a"\nq.b := 2', '{"a":1,"b":2}', {}],
    ['p := x if { x := input.x with input as {"x": 7} }', "7", {}],
    ["p := x if x := q with input.x as 1\nq := input", '{"x":1,"y":2}', { input: '{"y": 2}' }],
    ["p := x if x := count([1, 2]) with count as 5", "5", {}],
    ['p := 1 < "a"', "true", {}],
    ['p := {"a", 1, null, [1], {"k": 1}, true}', '[null,true,1,"a",[1],{"k":1}]', {}],
    ["p := {1, 1.0, 2} - {2.0}", "[1]", {}],
    ["p := 123456789012345678901234567890 + 1", "123456789012345678901234567891", {}],
    ["p := input.big == 18446744073709551617", "true", { input: '{"big": 18446744073709551617}' }],
    ["p := 0.1 + 0.2", "0.3", {}],
    ['p := {k: v | some k, v in ["a", "b"]}', '{"0":"a","1":"b"}', {}],
    ['p := $"{input.x}-{1 + 1}-{input.y}"', '"7-2-<undefined>"', { input: '{"x": 7}' }],
    ["p := 1 / 0", "undefined", {}],
    ["p := `raw \\n`", '"raw \\\\n"', {}],
    ['p := x if some x in {"only"}', '"only"', {}],
    ['p := [i | some i; input[i] == "b"]', "[1]", { input: '["a","b"]' }],
    ['p := walked if { walked := {v | walk(input, [["a"], v])} }', "[1]", { input: '{"a": 1}' }]
  ])("%s gives %s", (body, expected, given) => {
    assert.strictEqual(answer(body, given), expected)
  })

  it.each([
    ["p { input.x == 1 }", "true"],
    ["p[x] { x := [2, 1][_] }", "[1,2]"],
    ['p[x] = y { x := "a"; y := 1 }', '{"a":1}'],
    ["p = x { x := 1 } else = 2", "1"],
    ["import future.keywords.in\np { 1 in [1] }", "true"],
    ["import rego.v1\np if 1 in [1]", "true"],
    ["p { x := {1, 2}; x[1] }", "true"],
    ["p { false } { true }", "true"]
  ])("of version 0, %s gives %s", (body, expected) => {
    assert.strictEqual(answer(body, { version: 0, input: '{"x": 1}' }), expected)
  })

  it.each([
    ["p if x > 1", "2: rego_unsafe_var_error: var x is unsafe"],
    ["p := x if true", "2: rego_unsafe_var_error: var x is unsafe"],
    ["p if not input[_] == x", "2: rego_unsafe_var_error: var _ is unsafe; 2: rego_unsafe_var_error: var x is unsafe"],
    ["p if { x := 1; x := 2 }", "2: rego_compile_error: var x assigned above"],
    ["p if { x == 1; x := 1 }", "2: rego_compile_error: var x referenced above"],
    ["p if { some x; true }", "2: rego_compile_error: declared var x unused"],
    [
      "p if q\nq if p",
      "2: rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.p"
    ],
    ["f(x) := f(x)\np := f(1)", "2: rego_recursion_error: rule data.test.f is recursive: data.test.f -> data.test.f"],
    ["p if nothing(1)", "2: rego_type_error: undefined function nothing"],
    ["p if count([], 1, 2)", "2: rego_type_error: count: arity mismatch"],
    ["p if count(1) > 0", "2: rego_type_error: count: invalid argument(s)"],
    ['p if 1 == "a"', "2: rego_type_error: match error"],
    ['p if { x := {"a": 1}; x.b == 2 }', "2: rego_type_error: undefined ref: x.b"],
    ['p := q.b\nq := {"a": 1}', "2: rego_type_error: undefined ref: data.test.q.b"],
    ["p := 1\np contains 2", "2: rego_type_error: conflicting rules data.test.p found"],
    ["p := 1\np(x) := x", "2: rego_type_error: conflicting rules data.test.p found"],
    ["default p := 1\ndefault p := 2", "2: rego_type_error: multiple default rules data.test.p found"],
    ["p := 1\np.q := 2", "2: rego_type_error: rule data.test.p conflicts with [data.test.p.q]"],
    ["default p := input.x", "2: rego_parse_error: illegal default rule (value cannot contain ref)"],
    ["p { true }", "2: rego_parse_error: `if` keyword is required before rule body"],
    [
      "p[x] if { x := 1 } else := 2",
      "2: rego_parse_error: else keyword cannot be used on rules with variables in head"
    ],
    [
      "p if http.send({}).x",
      "2: rego_type_error: http.send is not available: replace every call of it by `with`, or remove it"
    ],
    [
      "p if input.x with data.test.q.r as 1\nq := 1",
      "2: rego_compile_error: with keyword cannot partially replace virtual document(s)"
    ],
    ["p := 1 +", "2: rego_parse_error: unexpected eof token"],
    ['p := "abc', "2: rego_parse_error: non-terminated string"],
    ["p := any([true])", "2: rego_type_error: deprecated built-in function calls in expression: any"],
    ["import data.a\nimport input.a\np := a", "3: rego_compile_error: import must not shadow import a"]
  ])("%s is refused: %s", (body, expected) => {
    assert.strictEqual(answer(body), expected)
  })

  it.each([
    ["p := input[_]", "2: eval_conflict_error: complete rules must not produce multiple outputs"],
    ['p := {k: v | k := "a"; v := input[_]}', "2: eval_conflict_error: object keys must be unique"],
    [
      'p["a"] := input[_]\np[x] := 1 if x := "a"',
      "2: eval_conflict_error: complete rules must not produce multiple outputs"
    ],
    [
      "f(x) := input[_]\np := f(1)",
      "2: eval_conflict_error: functions must not produce multiple outputs for same inputs"
    ]
  ])("%s fails: %s", (body, expected) => {
    assert.strictEqual(answer(body, { input: "[1, 2]" }), expected)
  })

  it("is refused with the line, and a caret below the place", () => {
    const load = (text: string) => {
      try {
        compile({ modules: [{ file: "policy.rego", text, version: 0 }], query: "data.test.p" })
      } catch (error) {
        if (error instanceof LoadError) return error
      }
      return assert.fail("is refused")
    }
    const error = load("package test\n\np {\n\tx := [1, 2\n\ty := 2\n}\n")
    assert.strictEqual(
      error.message,
      '1 error occurred: policy.rego:5: rego_parse_error: unexpected identifier token: expected "," or "]"\n\ty := 2\n\t^'
    )
    assert.deepInclude(error.errors[0]?.location, { row: 5, column: 2 })
    assert.include(
      load("package test\np { x }\nq { y }").message,
      "2 errors occurred:\npolicy.rego:2: rego_unsafe_var_error"
    )
  })

  it("may call a refused built-in that every use replaces", () => {
    const body =
      'allow if http.send({"url": input.url}).ok\np if allow with http.send as {"ok": true} with input as {"url": ""}'
    assert.strictEqual(answer(body), "true")
    assert.include(answer(body, { query: "data.test.allow" }), "http.send is not available")
  })

  it("may come back to a rule through what replaces a function", () => {
    const body = `
      p := v if { a := f(1) with g as h; v := [a, f(2)] }
      f(x) := y + x if { z := x * 10; y := g(x) + z }
      g(x) := x
      h(x) := f(x + 100)`
    assert.strictEqual(answer(body), "[1223,24]")
  })

  it("says what it reads and calls", () => {
    const text = "package test\np if { input.a.b[_] == time.now_ns(); q with count as max }\nq if input.c"
    const { uses } = compile({ modules: [{ file: "p.rego", text, version: 1 }], query: "data.test.p" })
    assert.deepStrictEqual([...uses.inputs].sort(), ["a.b", "c"])
    assert.isTrue(uses.builtins.has("time.now_ns") && uses.builtins.has("max"))
  })

  it("binds the variables of its query", () => {
    const policy = compile({ modules: [], query: "x := [1, 2][i]; x > 1", queryVersion: 1 })
    const [first, second] = policy.evaluate({})
    assert.deepStrictEqual(
      first?.bindings,
      new Map([
        ["x", 1],
        ["i", 0]
      ])
    )
    assert.deepStrictEqual(first?.values, [true, false])
    assert.deepStrictEqual(second?.values, [true, true])
  })
})

describe("many rules", () => {
  const each = (make: (index: number) => string): string =>
    Array.from({ length: 1_000 }, (_, index) => make(index)).join("\n")

  it.each([
    ["equality", (index: number) => `p := ${index} if input.user.name == "user ${index}"`],
    ["unification", (index: number) => `p := ${index} if "user ${index}" = input.user.name`],
    ["a local name", (index: number) => `p := ${index} if { name := input.user.name; name == "user ${index}" }`],
    ["membership", (index: number) => `p := ${index} if input.user.name in {"user ${index}", "other ${index}"}`],
    [
      "a function's operand",
      (index: number) => `f("user ${index}") := ${index}${index === 0 ? "\np := f(input.user.name)" : ""}`
    ],
    ["a computed value", (index: number) => `p := ${index} if startswith(input.user.name, "user ${index}.")`]
  ])("with %s give the value of the one that holds", (_, make) => {
    const name = make(0).includes("startswith") ? "user 777." : "user 777"
    assert.strictEqual(answer(each(make), { input: `{"user": {"name": "${name}"}}` }), "777")
    assert.strictEqual(answer(each(make), { input: '{"user": {"name": "nobody"}}' }), "undefined")
    assert.strictEqual(answer(each(make), { input: "{}" }), "undefined")
  })

  it.each(["input.user.name ==", "input.user.name in"])("with %s need few steps", (test) => {
    const text = each((index) => `p if ${test} ${test.endsWith("in") ? `["user ${index}"]` : `"user ${index}"`}`)
    assert.strictEqual(answer(text, { input: '{"user": {"name": "user 7"}}', limits: { steps: 50 } }), "true")
  })
})

describe("the budget", () => {
  const loop = "xs := numbers.range(1, 2000)\np if { some i in xs; some j in xs; some k in xs; i + j + k == -1 }"

  it("ends an evaluation that takes too many steps or too long", () => {
    assert.strictEqual(answer(loop, { limits: { steps: 100_000 } }), "interrupted: steps")
    assert.strictEqual(answer(loop, { limits: { milliseconds: 5 } }), "interrupted: time")
  })

  it("ends the growth of values that share their parts", () => {
    const doubling = Array.from({ length: 60 }, (_, index) => `r${index + 1} := [r${index}, r${index}]`).join("\n")
    assert.strictEqual(answer(`r0 := [1]\n${doubling}\np := r60`), "interrupted: memory")
    assert.strictEqual(answer("p := numbers.range(1, 1000000000)"), "interrupted: memory")
  })

  it("ends rules that depend on each other too deeply", () => {
    const chain = Array.from({ length: 1_000 }, (_, index) => `r${index + 1} := r${index}`).join("\n")
    assert.strictEqual(answer(`r0 := 1\n${chain}\np := r1000`), "interrupted: depth")
  })

  it("bounds how deep a policy is nested", () => {
    for (const [open, close] of [
      ["[", "]"],
      ["(", ")"],
      ["{", "}"],
      ["[x | x := ", "]"],
      ["count(", ")"],
      ['$"{', '}"']
    ]) {
      const text = `p := ${(open ?? "").repeat(10_000)}1${(close ?? "").repeat(10_000)}`
      assert.include(answer(text), "rego_parse_error: nested deeper than 200")
    }
    assert.include(answer(`p := 1${" + 1".repeat(10_000)}`), "too many operators in one term")
  })
})
