import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { bounded, boundedList, escapeControl } from "../../src/access/EscapedText.ts"

describe("EscapedText", () => {
  it.each([
    ["alice", "alice"],
    ["é ü 漢", "é ü 漢"],
    ["a\nb", "a\\u000ab"],
    ["\u001b[31m", "\\u001b[31m"],
    ["\u202egnp.exe", "\\u202egnp.exe"],
    ["\u2028", "\\u2028"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\ud800", "\\ud800"]
  ])("%j", (text, escaped) => assert.strictEqual(escapeControl(text), escaped))

  it("bounds whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.uint16Array({ maxLength: 300 }).map((units) => String.fromCharCode(...units)),
        fc.integer({ min: 1, max: 100 }),
        (text, limit) => {
          const result = bounded(text, limit)
          assert.isAtMost(result.length, limit + 2)
          assert.notMatch(result, /[\p{Cc}\u2028\u2029]/u)
          if (text.length <= limit && escapeControl(text) === text) assert.strictEqual(result, text)
          else if (escapeControl(text).length > limit) assert.isTrue(result.endsWith(".."))
        }
      )
    )
  })

  it("counts what it does not list", () => {
    assert.strictEqual(boundedList(["a", "b"], 3), "a, b")
    assert.strictEqual(boundedList(["a", "b", "c", "d"], 2), "a, b and 2 more")
    assert.strictEqual(boundedList(["x".repeat(65)], 2), `${"x".repeat(64)}..`)
  })
})
