import { assert, describe, it } from "@effect/vitest"
import { PendingDials } from "../../src/proxy/PendingDials.ts"
import { ThreadBudget } from "../../src/proxy/ThreadBudget.ts"

describe("the descriptors of a thread", () => {
  it("are those that all its tunnels and the other threads leave", () => {
    const usage = { limit: 1024, free: 70 }
    const dials = PendingDials.allocate(2)
    const [budget, other] = [0, 1].map((thread) => new ThreadBudget(dials, thread, 2, () => usage))
    assert(budget !== undefined && other !== undefined)
    budget.open = 1
    assert.isFalse(budget.isScarce(0, 0), "64 are reserved, two threads may accept one connection each")
    other.dials.begin()
    other.dials.begin()
    assert.isFalse(budget.isScarce(0, 0), "each of those takes one more to dial")
    other.dials.begin()
    assert.isTrue(budget.isScarce(0, 0))
    budget.open = 0
    assert.isFalse(budget.isScarce(0, 0), "without a connection none of the thread's would ever be freed")
    usage.free = 1
    assert.isTrue(budget.isScarce(0, 0))
  })

  it("are never scarce where they cannot be counted", () => {
    const budget = new ThreadBudget(PendingDials.allocate(1), 0, 1, () => undefined)
    assert.isFalse(budget.isScarce(1000, 1))
  })
})
