import { assert, describe, it, vi } from "@effect/vitest"
import { wallMillis } from "../../src/runtime/WallClock.ts"

describe("WallClock", () => {
  it("is the time of day, with a fraction, and follows when it is set", () => {
    assert.isBelow(Math.abs(wallMillis() - Date.now()), 5)
    const real = Date.now
    const ahead = vi.spyOn(Date, "now").mockImplementation(() => real() + 3_600_000)
    assert.isBelow(Math.abs(wallMillis() - real() - 3_600_000), 5)
    ahead.mockRestore()
    assert.isBelow(Math.abs(wallMillis() - Date.now()), 5)
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
