import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { State } from "../../src/status/Status.ts"
import { goJson, rfc3339, statusBody } from "../../src/status/StatusBody.ts"

const facts = {
  listenAddress: "127.0.0.1:27110",
  forwardAddress: "127.0.0.1:27101",
  revision: "master",
  compiler: "go1.26.10"
}
const listening: State = { listening: true, reloading: false, stopping: false, lastReload: undefined }
const ok: Result.Result<void, string> = Result.succeed(undefined)
const down = Result.fail("dial tcp 127.0.0.1:27199: connect: connection refused")
const body = (state: State, backend = ok, hostname = "vm", more = {}) =>
  statusBody(facts, { time: Date.UTC(2026, 10, 22, 8, 2, 38, 372), state, backend, hostname, more })
const parse = (json: string): Record<string, unknown> => JSON.parse(json)

describe("StatusBody", () => {
  it("has the reference's keys in its order", () => {
    // Captured from the reference program; `time` differs in precision only.
    const golden = (name: string) => readFileSync(`${import.meta.dirname}/golden/${name}.json.txt`, "utf8")
    const keys = (text: string) => Object.keys(parse(text))
    assert.deepStrictEqual(keys(body(listening).json), keys(golden("status-ok")))
    assert.deepStrictEqual(keys(body(listening, down).json), keys(golden("status-backend-down")))
    const mask = (text: string) => text.replace(/"(time|last_reload)":"[^"]*"/g, '"$1":""')
    assert.strictEqual(mask(body(listening).json), mask(golden("status-ok")))
    assert.isFalse(body(listening).json.endsWith("\n"))
  })

  it("is ok only when listening with a backend that answers", () => {
    const table: ReadonlyArray<readonly [Partial<State>, Result.Result<void, string>, boolean, string]> = [
      [{}, ok, true, "listening"],
      [{ reloading: true }, ok, true, "reloading"],
      [{}, down, false, "listening"],
      [{ reloading: true }, down, false, "reloading"],
      [{ listening: false }, ok, false, "initializing"],
      [{ listening: false }, down, false, "initializing"],
      [{ stopping: true }, ok, false, "stopping"],
      [{ stopping: true, reloading: true }, down, false, "stopping"]
    ]
    for (const [change, backend, expected, message] of table) {
      const { json, ok: good } = body({ ...listening, ...change }, backend)
      const fields = parse(json)
      assert.strictEqual(good, expected)
      assert.strictEqual(fields.ok, expected)
      assert.strictEqual(fields.status, expected ? "ok" : "critical")
      assert.strictEqual(fields.message, message)
      assert.strictEqual(fields.backend_ok, Result.isSuccess(backend))
      assert.strictEqual(fields.backend_status, Result.isSuccess(backend) ? "ok" : "critical")
      assert.strictEqual("backend_error" in fields, Result.isFailure(backend))
    }
  })

  it("appends optional keys in their order", () => {
    const more = { sandbox: { state: "off" }, workers: undefined, last: ["x"] }
    const { json } = body(listening, ok, "vm", more)
    assert.isTrue(json.endsWith(`,"compiler":"go1.26.10","sandbox":{"state":"off"},"last":["x"]}`), json)
  })

  it("reports that it was never reloaded and omits a missing host name", () => {
    assert.strictEqual(parse(body(listening).json).last_reload, "0001-01-01T00:00:00Z")
    assert.isFalse("hostname" in parse(body(listening, ok, "").json))
    const reload = parse(body({ ...listening, lastReload: 1_700_000_000_120 }).json).last_reload
    assert.strictEqual(Date.parse(String(reload)), 1_700_000_000_120)
  })

  it("writes times as RFC 3339 with the shortest fraction", () => {
    const at = Date.UTC(2026, 10, 22, 8, 8, 49, 750)
    assert.strictEqual(rfc3339(at, 0), "2026-11-22T08:08:49.75Z")
    assert.strictEqual(rfc3339(at, -300), "2026-11-22T03:08:49.75-05:00")
    assert.strictEqual(rfc3339(at, 345), "2026-11-22T13:53:49.75+05:45")
    assert.strictEqual(rfc3339(at - 750, 0), "2026-11-22T08:08:49Z")
    assert.strictEqual(rfc3339(at - 745, 0), "2026-11-22T08:08:49.005Z")
  })

  it("escapes as Go does", () => {
    assert.strictEqual(goJson('<a>&\u2028\u2029"\\'), '"\\u003ca\\u003e\\u0026\\u2028\\u2029\\"\\\\"')
  })
})
