import { assert, describe, it, vi } from "@effect/vitest"
import { wallMillis } from "../../src/runtime/WallClock.ts"

/** Between what the system's clock says before and after, within the five milliseconds that the two may differ. */
const isNow = (read: () => number) => {
  const before = Date.now()
  const seen = read()
  assert.isAbove(seen, before - 5)
  assert.isBelow(seen, Date.now() + 5)
}

describe("WallClock", () => {
  it("is the time of day, with a fraction, and follows when it is set", () => {
    isNow(wallMillis)
    const real = Date.now
    const ahead = vi.spyOn(Date, "now").mockImplementation(() => real() + 3_600_000)
    isNow(wallMillis)
    ahead.mockRestore()
    isNow(wallMillis)
  })

  it("does not go back between two readings", () => {
    let last = wallMillis()
    for (let i = 0; i < 10_000; i++) {
      const next = wallMillis()
      assert.isAtLeast(next, last)
      last = next
    }
  })
})
