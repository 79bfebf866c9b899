/** Every line of the JSON log is named: the types demand a name of each call, and the documentation lists the names. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { logEvents } from "../../src/runtime/LogEvent.ts"

describe("LogEvent", () => {
  it("names each event once, in one style", () => {
    assert.strictEqual(new Set(logEvents).size, logEvents.length)
    for (const event of logEvents) assert.match(event, /^[a-z]+(_[a-z]+)*$/)
  })

  it("stands in the documentation, every one", () => {
    const page = readFileSync(`${import.meta.dirname}/../../docs/logging.md`, "utf8")
    for (const event of logEvents) assert.include(page, `\`${event}\``)
  })
})
