/** A fixed sample of changed chains and lists against the built program; `npm run conformance -- mutations --full` has more. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { mutate, randomBy, signedRange } from "../../tools/conformance/mutations/Mutation.ts"
import { runMutations } from "../../tools/conformance/mutations/Mutations.ts"
import { readCases } from "../../tools/conformance/pkix/Cases.ts"
import { patience } from "../support/Changes.ts"

const data = `${import.meta.dirname}/pkix/cases.json`

describe("changed chains and lists", () => {
  for (const transport of ["native", "node"] as const) {
    it.live(
      `are refused on the ${transport} transport`,
      () =>
        Effect.gen(function* () {
          const cases = yield* readCases(data)
          const report = yield* runMutations(cases, { seed: 7, count: 60, transport }, 2)
          assert.deepStrictEqual(report.failures, [])
          assert.strictEqual(report.tried, 60)
          assert.isBelow(report.unpresentable, 30)
        }),
      10 * patience
    )
  }
})

describe("mutate", () => {
  it("changes something, says where, and is the same for the same seed", () => {
    // SEQUENCE { SEQUENCE { 20 bytes }, SEQUENCE {}, BIT STRING }
    const der = Buffer.from(`301e3014${"ab".repeat(20)}3000030200ff`, "hex")
    assert.deepStrictEqual(signedRange(der), [2, 24])
    const property = fc.property(fc.nat(), (seed) => {
      const change = mutate(der, randomBy(seed))
      assert.deepStrictEqual(mutate(der, randomBy(seed)), change)
      assert.isFalse(Buffer.from(change.der).equals(der))
      const same = Buffer.from(change.der).subarray(2, 24).equals(der.subarray(2, 24))
      assert.strictEqual(change.inside, !same)
    })
    void fc.assert(property)
  })
})
