/** A fixed sample of the PKIX conformance cases against the built program; `npm run conformance` presents all of them. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readCases } from "../../tools/conformance/pkix/Cases.ts"
import { readKnown } from "../../tools/conformance/pkix/Known.ts"
import { runCases } from "../../tools/conformance/pkix/Pkix.ts"
import { isDifference, reportOf } from "../../tools/conformance/pkix/Report.ts"
import { patience } from "../support/Changes.ts"

const data = `${import.meta.dirname}/pkix`
/** One process each, spread over the suites' sections. */
const step = 37

describe("PKIX conformance", () => {
  for (const [transport, first] of [
    ["native", 0],
    ["node", 18]
  ] as const) {
    it.live(
      `holds for a sample of the cases on the ${transport} transport`,
      () =>
        Effect.gen(function* () {
          const cases = yield* readCases(`${data}/cases.json`)
          const known = yield* readKnown(`${data}/expected.json`)
          const sample = cases.filter((_, index) => index % step === first)
          const judged = yield* runCases(sample, { transport, workers: 0, crlMode: "strict" }, known, 2)
          const unknown = judged.filter((each) => isDifference(each) && !each.known)
          assert.deepStrictEqual(unknown, [], reportOf(unknown))
          assert.strictEqual(judged.length, sample.length)
        }),
      10 * patience
    )
  }
})
