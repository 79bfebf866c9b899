import { assert, describe, it } from "@effect/vitest"
import { select, typeOfValue, unifies, union } from "../../../../src/policy/rego/checker/TypeSets.ts"
import { any, boolean, number, setOfType, string, struct, tuple, typeText } from "../../../../src/policy/rego/Type.ts"
import { parseJson } from "../../../../src/policy/rego/values/Json.ts"

describe("types as sets of values", () => {
  it("unite without repeating a member, and `any` takes in everything", () => {
    assert.strictEqual(typeText(union(number, string)), "any<number, string>")
    assert.strictEqual(typeText(union(union(number, string), number)), "any<number, string>")
    assert.strictEqual(typeText(union(number, any)), "any")
    assert.deepStrictEqual(union(undefined, number), number)
  })

  it("have a value in common or not", () => {
    assert.isFalse(unifies(number, string))
    assert.isTrue(unifies(number, any))
    assert.isFalse(unifies(tuple(number), tuple(number, number)))
    assert.isTrue(unifies(tuple(number, any), tuple(any, string)))
    assert.isFalse(unifies(struct({ a: number }), struct({ a: string })))
    assert.isFalse(unifies(boolean, setOfType(boolean)))
  })

  it("give the type below a key, and none where there cannot be one", () => {
    const type = struct({ a: number, b: string })
    assert.deepStrictEqual(select(type, "a"), number)
    assert.isUndefined(select(type, "c"))
    assert.isUndefined(select(number, "a"))
  })

  it("are found for values", () => {
    assert.strictEqual(typeText(typeOfValue(parseJson('{"a": [1, "x"]}'))), "object<a: array<number, string>>")
  })
})
