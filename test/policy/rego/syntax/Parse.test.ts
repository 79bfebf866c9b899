import { assert, describe, it } from "@effect/vitest"
import { errorText, LoadError } from "../../../../src/policy/rego/syntax/Location.ts"
import { parseModule, parseQuery } from "../../../../src/policy/rego/syntax/Parse.ts"

const refusal = (text: string, version: 0 | 1): string => {
  try {
    parseModule({ file: "p.rego", text }, { version })
    return "none"
  } catch (error) {
    if (error instanceof LoadError) return error.errors.map(errorText).join("\n")
    throw error
  }
}

describe("the parser", () => {
  it("reads a module's package, imports and rules in their order", () => {
    const text = "package a.b\nimport data.c as d\np := 1\nq contains x if x := input.y\n"
    const module = parseModule({ file: "p.rego", text }, { version: 1 })
    assert.deepStrictEqual(
      module.package.path.map((part) => (part.kind === "constant" ? part.value : part.kind)),
      ["a", "b"]
    )
    assert.deepStrictEqual(
      module.imports.map(({ alias }) => alias),
      ["d"]
    )
    assert.deepStrictEqual(
      module.rules.map(({ head, at }) => [
        head.reference.head.kind === "variable" ? head.reference.head.name : "",
        head.member !== undefined,
        at.row
      ]),
      [
        ["p", false, 3],
        ["q", true, 4]
      ]
    )
  })

  it("demands `if` and `contains` in version 1 alone", () => {
    assert.strictEqual(refusal("package a\np { true }", 0), "none")
    assert.match(refusal("package a\np { true }", 1), /^p\.rego:2: rego_parse_error: /)
    assert.strictEqual(refusal("package a\nimport rego.v1\np if true", 0), "none")
  })

  it("shows the line and a caret below the place", () => {
    assert.strictEqual(refusal("package a\n\n  p := ]", 1).split("\n").slice(1).join("\n"), "\tp := ]\n\t     ^")
  })

  it("refuses what is nested too deeply instead of exhausting the stack", () => {
    assert.match(refusal(`package a\np := ${"[".repeat(100_000)}`, 1), /rego_parse_error/)
  })

  it("reads queries of several expressions", () => {
    assert.lengthOf(parseQuery("x := 1; y := x + 1", { version: 1 }), 2)
    assert.throws(() => parseQuery("x := ", { version: 1 }), LoadError)
  })
})
