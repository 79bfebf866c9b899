import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { join, KeyConflict, overlay } from "../../../../src/policy/rego/evaluator/Merge.ts"
import { jsonText, parseJson } from "../../../../src/policy/rego/values/Json.ts"
import type { Value } from "../../../../src/policy/rego/values/Value.ts"

const json = fc.json({ maxDepth: 3 })
const text = (value: Value | undefined): string => (value === undefined ? "undefined" : jsonText(value))

describe("what rules define at one place", () => {
  it("lies over data, member by member", () => {
    const merged = overlay(parseJson('{"a": {"x": 1, "y": 2}, "b": 3}'), parseJson('{"a": {"y": 9}, "b": {"z": 1}}'))
    assert.strictEqual(text(merged), '{"a":{"x":1,"y":9},"b":{"z":1}}')
  })

  it("wins over whatever data has there", () => {
    fc.assert(
      fc.property(json, json, (under, over) => {
        const value = parseJson(over)
        const again = overlay(overlay(parseJson(under), value), value)
        const once = overlay(parseJson(under), value)
        assert.strictEqual(text(again), text(once))
      })
    )
  })

  it("is one value, or a conflict", () => {
    assert.throws(() => join(parseJson('{"a": 1}'), parseJson('{"a": 2}')), KeyConflict)
    const joined = join(parseJson('{"a": {"x": 1}}'), parseJson('{"a": {"y": 2}}'))
    assert.strictEqual(text(joined), '{"a":{"x":1,"y":2}}')
    fc.assert(
      fc.property(json, (document) => {
        const value = parseJson(document)
        assert.strictEqual(text(join(value, value)), text(value))
      })
    )
  })
})
