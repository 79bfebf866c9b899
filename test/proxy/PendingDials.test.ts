import { assert, describe, it } from "@effect/vitest"
import { PendingDials } from "../../src/proxy/PendingDials.ts"

describe("pending dials", () => {
  it("are counted over all threads", () => {
    const memory = PendingDials.allocate(3)
    const [first, last] = [new PendingDials(memory, 0), new PendingDials(memory, 2)]
    first.begin()
    last.begin()
    last.begin()
    assert.strictEqual(first.pending, 3)
    assert.strictEqual(last.pending, 3)
    last.end()
    assert.strictEqual(first.pending, 2)
    assert.strictEqual(first.begun, 3)
  })

  it("of a dead thread are forgotten", () => {
    const memory = PendingDials.allocate(2)
    const other = new PendingDials(memory, 0)
    other.begin()
    new PendingDials(memory, 1).begin()
    PendingDials.threadLost(memory, 1)
    assert.strictEqual(other.pending, 1)
    const successor = new PendingDials(memory, 1)
    assert.strictEqual(successor.pending, 1)
    assert.strictEqual(successor.begun, 2)
    successor.begin()
    assert.strictEqual(other.pending, 2)
  })
})
