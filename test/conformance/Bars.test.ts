import { assert, describe, it } from "@effect/vitest"
import { skipped, verdict } from "../../tools/conformance/pkix/Bars.ts"
import type { PkixCase } from "../../tools/conformance/pkix/Cases.ts"
import { groupsOf } from "../../tools/conformance/pkix/Groups.ts"
import { isKnown } from "../../tools/conformance/pkix/Known.ts"
import { reportOf } from "../../tools/conformance/pkix/Report.ts"

const pkits: PkixCase = {
  name: "pkits/1",
  suite: "PKITS",
  section: "4.1",
  peer: "client",
  host: "localhost",
  chain: "c",
  key: "k",
  anchors: "a",
  lists: "l",
  expected: "accept",
  notApplicable: undefined,
  needsLists: false,
  soft: false,
  go: "accept"
}
const limbo: PkixCase = { ...pkits, name: "limbo/1", suite: "x509-limbo" }

describe("the bars of the suites", () => {
  it("take the suite's expectation for PKITS and BetterTLS", () => {
    for (const suite of ["PKITS", "BetterTLS"] as const) {
      assert.strictEqual(verdict({ ...pkits, suite, go: "refuse" }, "accept"), "right")
      assert.strictEqual(verdict({ ...pkits, suite }, "refuse"), "refused wrongly")
      assert.strictEqual(verdict({ ...pkits, suite, expected: "refuse" }, "accept"), "accepted wrongly")
      assert.strictEqual(verdict({ ...pkits, suite, soft: true, expected: "refuse" }, "accept"), "right")
    }
  })

  it("compare limbo with the Go program", () => {
    assert.strictEqual(verdict({ ...limbo, expected: "refuse" }, "accept"), "right")
    assert.strictEqual(verdict({ ...limbo, expected: "accept", go: "refuse" }, "accept"), "accepted wrongly")
    assert.strictEqual(verdict({ ...limbo, expected: "refuse", go: "accept" }, "refuse"), "right")
    assert.strictEqual(verdict({ ...limbo, go: "refuse" }, "refuse"), "right")
    assert.strictEqual(verdict(limbo, "refuse"), "refused wrongly")
  })

  it("leave out what cannot be presented", () => {
    assert.strictEqual(skipped(pkits, "none"), undefined)
    assert.strictEqual(skipped({ ...pkits, needsLists: true }, "none"), "needs revocation lists")
    assert.strictEqual(skipped({ ...pkits, needsLists: true }, "warn"), undefined)
    assert.strictEqual(skipped({ ...pkits, key: undefined }, "strict"), "no private key")
    assert.strictEqual(skipped({ ...pkits, notApplicable: "needs another clock" }, "strict"), "needs another clock")
  })

  it("share one process among cases with the same anchors, lists and host", () => {
    const server: PkixCase = { ...pkits, peer: "server" }
    const cases = [pkits, { ...pkits, host: "other" }, { ...pkits, lists: "" }, server, { ...server, host: "other" }]
    const sizes = (withLists: boolean) => groupsOf(cases, withLists).map((group) => group.cases.length)
    assert.deepStrictEqual(sizes(true), [2, 1, 1, 1])
    assert.deepStrictEqual(sizes(false), [3, 1, 1])
  })

  it("know differences by name, answer and mode", () => {
    const known = [{ name: "pkits/1", answer: "refuse", crlModes: ["strict"], reason: "because" }] as const
    assert.isTrue(isKnown(known, "pkits/1", "refuse", "strict"))
    assert.isFalse(isKnown(known, "pkits/1", "refuse", "warn"))
    assert.isFalse(isKnown(known, "pkits/1", "accept", "strict"))
  })

  it("report differences before the table", () => {
    const text = reportOf([
      { each: pkits, outcome: "right", known: false, why: "" },
      { each: limbo, outcome: "refused wrongly", known: true, why: "expired" }
    ])
    assert.deepStrictEqual(text.split("\n"), [
      "refused wrongly (known): limbo/1 (4.1): expired",
      "",
      "suite       right  accepted wrongly  refused wrongly  failed  skipped",
      "PKITS           1                 0                0       0        0",
      "x509-limbo      0                 0                1       0        0",
      ""
    ])
  })
})
