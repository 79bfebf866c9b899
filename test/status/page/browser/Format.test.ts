import { assert, describe, it } from "@effect/vitest"
import { bytes, duration, perSecond, timeLeft } from "../../../../src/status/page/browser/Format.ts"

describe("numbers on the page", () => {
  it.each([
    [0, "0/s"],
    [0.001, "< 1/min"],
    [0.32, "19/min"],
    [1, "1/s"],
    [12.34, "12.3/s"],
    [1_234, "1.23k/s"]
  ])("shows the rate %d as %s", (rate, text) => {
    assert.strictEqual(perSecond(rate), text)
  })

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_500, "1.50 kB"],
    [2e9, "2.00 GB"]
  ])("shows %d bytes as %s", (size, text) => {
    assert.strictEqual(bytes(size), text)
  })

  it("shows durations in the unit that fits", () => {
    assert.deepStrictEqual([0, 0.000_2, 0.012_3, 2].map(duration), ["0 ms", "200 µs", "12.3 ms", "2 s"])
  })

  it("shows how much time is left, without its direction", () => {
    const hour = 3_600_000
    assert.deepStrictEqual([59_000, 60_000, -2 * hour, 30 * hour, 240 * hour].map(timeLeft), [
      "less than a minute",
      "1 min",
      "2 h 0 min",
      "1 d 6 h",
      "10 days"
    ])
  })
})
