/** What several lists say together: properties, and the rules for deltas and partitioned reasons. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { allReasons } from "../../../src/access/revocation/DistributionPoints.ts"
import { type AppliedList, combineLists, isCurrent } from "../../../src/access/revocation/ListCombination.ts"

const now = 100
const base: AppliedList = {
  group: "a",
  key: "k",
  thisUpdate: 50,
  nextUpdate: 150,
  number: 5n,
  baseNumber: undefined,
  reasons: allReasons,
  flaw: undefined,
  listing: undefined
}
const held: AppliedList = { ...base, listing: "revoked" }
const delta: AppliedList = { ...base, thisUpdate: 60, number: 6n, baseNumber: 5n }

const anyList: fc.Arbitrary<AppliedList> = fc.record({
  group: fc.constantFrom("a", "b"),
  key: fc.constantFrom("k", "l"),
  thisUpdate: fc.integer({ min: 0, max: 120 }),
  nextUpdate: fc.option(fc.integer({ min: 60, max: 200 }), { nil: undefined }),
  number: fc.option(fc.bigInt({ min: 0n, max: 9n }), { nil: undefined }),
  baseNumber: fc.option(fc.bigInt({ min: 0n, max: 9n }), { nil: undefined, freq: 2 }),
  reasons: fc.constantFrom(0, 0b110, allReasons & ~0b110, allReasons),
  flaw: fc.option(fc.constant("flawed"), { nil: undefined }),
  listing: fc.constantFrom("revoked", "removed", undefined)
})
const anyLists = fc.array(anyList, { maxLength: 6 })

const verdict = (...lists: ReadonlyArray<AppliedList>) => {
  const { known, revoked } = combineLists(lists, now)
  return revoked ? "revoked" : known ? "good" : "unknown"
}

describe("a certificate", () => {
  it("is revoked only where a list lists it", () => {
    const property = fc.property(anyLists, (lists) => {
      if (combineLists(lists, now).revoked) assert.isTrue(lists.some(({ listing }) => listing === "revoked"))
    })
    void fc.assert(property, { numRuns: 1000 })
  })

  it("is known only by current lists without a flaw that speak for every reason together", () => {
    const property = fc.property(anyLists, (lists) => {
      if (!combineLists(lists, now).known) return
      const current = lists.filter((list) => list.flaw === undefined && isCurrent(list, now))
      const reasons = [...current, ...lists.filter(({ flaw }) => flaw === undefined)]
      assert.isNotEmpty(current)
      assert.strictEqual(reasons.reduce((all, list) => all | list.reasons, 0) & allReasons, allReasons)
    })
    void fc.assert(property, { numRuns: 1000 })
  })

  it("does not depend on the order of the lists", () => {
    const property = fc.property(anyLists, (lists) => {
      assert.deepStrictEqual(combineLists(lists.toReversed(), now), combineLists(lists, now))
    })
    void fc.assert(property, { numRuns: 1000 })
  })

  it("is revoked whenever the newest list of its group lists it, whatever else is known", () => {
    const property = fc.property(anyLists, anyList, (lists, newest) => {
      const bad: AppliedList = { ...newest, listing: "revoked", thisUpdate: 130, baseNumber: undefined }
      assert.isTrue(combineLists([...lists, bad], now).revoked)
    })
    void fc.assert(property, { numRuns: 1000 })
  })

  it("is that of the newest list where all are complete and current", () => {
    const complete = anyList.map(
      (list): AppliedList => ({ ...base, thisUpdate: list.thisUpdate % 90, listing: list.listing })
    )
    const property = fc.property(fc.array(complete, { minLength: 1, maxLength: 6 }), (lists) => {
      const latest = Math.max(...lists.map(({ thisUpdate }) => thisUpdate))
      const listed = lists.some(({ listing, thisUpdate }) => thisUpdate === latest && listing === "revoked")
      assert.strictEqual(verdict(...lists), listed ? "revoked" : "good")
    })
    void fc.assert(property, { numRuns: 500 })
  })
})

describe("delta lists", () => {
  it("lift a hold and revoke what the base does not list", () => {
    assert.strictEqual(verdict(held), "revoked")
    assert.strictEqual(verdict(held, { ...delta, listing: "removed" }), "good")
    assert.strictEqual(verdict(base, { ...delta, listing: "revoked" }), "revoked")
    assert.strictEqual(verdict(base, delta), "good")
    assert.strictEqual(verdict(held, delta), "revoked")
  })

  it("say nothing good without a base that they fit", () => {
    assert.strictEqual(verdict(delta), "unknown")
    assert.strictEqual(verdict({ ...delta, listing: "revoked" }), "revoked")
    const lifting: AppliedList = { ...delta, listing: "removed" }
    for (const change of [{ baseNumber: 6n }, { number: 5n }, { number: undefined }, { key: "l" }, { group: "b" }]) {
      assert.strictEqual(verdict(held, { ...lifting, ...change }), "revoked", JSON.stringify(Object.keys(change)))
    }
  })

  it("count only while they are current, and make an expired base current", () => {
    const lifting: AppliedList = { ...delta, listing: "removed" }
    assert.strictEqual(verdict(held, { ...lifting, nextUpdate: 90 }), "revoked")
    assert.strictEqual(verdict({ ...base, nextUpdate: 90 }), "unknown")
    assert.strictEqual(verdict({ ...base, nextUpdate: 90 }, delta), "good")
    assert.strictEqual(verdict({ ...held, nextUpdate: 90 }, lifting), "good")
  })

  it("apply where they were issued together with the base", () => {
    assert.strictEqual(verdict(held, { ...delta, thisUpdate: held.thisUpdate, listing: "removed" }), "good")
  })
})

describe("lists of some reasons", () => {
  it("add up", () => {
    const [some, others] = [0b110, allReasons & ~0b110]
    assert.strictEqual(verdict({ ...base, reasons: some }), "unknown")
    assert.strictEqual(verdict({ ...base, reasons: some }, { ...base, group: "b", reasons: others }), "good")
    assert.strictEqual(verdict({ ...held, reasons: some }, { ...base, group: "b", reasons: others }), "revoked")
    assert.strictEqual(
      verdict({ ...base, reasons: some, flaw: "x" }, { ...base, group: "b", reasons: others }),
      "unknown"
    )
  })
})
