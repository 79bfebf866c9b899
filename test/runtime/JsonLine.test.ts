import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { formatJson, rfc3339 } from "../../src/runtime/JsonLine.ts"

const at = Date.UTC(2026, 10, 2, 3, 4, 5, 6) + 0.789

describe("JsonLine", () => {
  it("is one object with time, level, name, message and pid", () => {
    assert.strictEqual(
      formatJson(42, at, "listening", "listening for connections on localhost:1"),
      '{"time":"2026-11-02T03:04:05.006789Z","level":"info","event":"listening",' +
        '"message":"listening for connections on localhost:1","pid":42}'
    )
    assert.strictEqual(
      formatJson(42, at, "open", "x", { level: "warn", fields: { a: 1, b: undefined, c: false } }),
      '{"time":"2026-11-02T03:04:05.006789Z","level":"warn","event":"open","message":"x","pid":42,"a":1,"c":false}'
    )
  })

  it("derives the level from the first word", () => {
    const level = (message: string): unknown => JSON.parse(formatJson(1, 0, "internal", message)).level
    assert.deepStrictEqual(["error: x", "error reloading x", "warning: x", "note: x", "x error"].map(level), [
      "error",
      "error",
      "warn",
      "info",
      "info"
    ])
  })

  it("keeps RFC 3339 at the edges of seconds", () => {
    assert.strictEqual(rfc3339(0), "1970-01-01T00:00:00.000000Z")
    assert.strictEqual(rfc3339(999.9999), "1970-01-01T00:00:00.999999Z")
    assert.strictEqual(rfc3339(Date.UTC(2026, 11, 31, 23, 59, 59, 999)), "2026-12-31T23:59:59.999000Z")
  })

  it("writes the marks that reorder text as escapes", () => {
    const line = formatJson(1, 0, "internal", "\u061c\u200e\u200f\u2029\u202a\u2066\u2069")
    assert.match(line, /"message":"(\\u[0-9a-f]{4}){7}"/)
  })

  it("prints nothing that breaks a line or drives a terminal, and gives every text back", () => {
    const wild = fc.uint16Array({ maxLength: 60 }).map((units) => String.fromCharCode(...units))
    fc.assert(
      fc.property(wild, wild, (message, value) => {
        const line = formatJson(1, 0, "internal", message, { fields: { value } })
        assert.notMatch(line, /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u)
        const read = JSON.parse(line)
        assert.deepStrictEqual([read.message, read.value], [message, value])
      }),
      { numRuns: 1000 }
    )
  })
})
