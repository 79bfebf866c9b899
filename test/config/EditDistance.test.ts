import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { editDistance } from "../../src/config/EditDistance.ts"

/** The textbook's table: optimal string alignment. */
const reference = (a: string, b: string): number => {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j))
  const at = (i: number, j: number) => table[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, at(i - 2, j - 2) + 1)
      const row = table[i]
      if (row !== undefined) row[j] = cost
    }
  }
  return at(a.length, b.length)
}

describe("EditDistance", () => {
  it.each([
    ["client", "client", 0],
    ["clinet", "client", 1],
    ["clien", "client", 1],
    ["cliient", "client", 1],
    ["klient", "client", 1],
    ["kliennt", "client", 2],
    ["server", "client", 3],
    ["", "ab", 2],
    ["", "abc", 3]
  ])("%s, %s: %i", (a, b, distance) => assert.strictEqual(editDistance(a, b, 2), distance))

  it("agrees with the textbook up to its limit", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 })
    fc.assert(
      fc.property(word, word, fc.constantFrom(0, 1, 2, 3), (a, b, limit) => {
        assert.strictEqual(editDistance(a, b, limit), Math.min(reference(a, b), limit + 1))
      }),
      { numRuns: 5000 }
    )
  })
})
