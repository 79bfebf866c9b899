import { closeSync, openSync, readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { isScarce, makeReadUsage, parseLimit, reserveOf, type Usage, watch } from "../../src/runtime/Descriptors.ts"

describe("descriptors", () => {
  it("have the soft limit of the process", () => {
    const text = "Limit                     Soft Limit           Hard Limit           Units     \n"
    assert.strictEqual(
      parseLimit(`${text}Max open files            64                   1024                 files`),
      64
    )
    assert.isUndefined(parseLimit(`${text}Max open files            unlimited            unlimited            files`))
    assert.isUndefined(parseLimit(""))
  })

  it.skipIf(process.platform !== "linux")("are counted, whoever opened them", () => {
    const before = makeReadUsage()()?.free ?? 0
    const opened = Array.from({ length: 10 }, () => openSync("/dev/null", "r"))
    const after = makeReadUsage()()?.free ?? 0
    for (const fd of opened) closeSync(fd)
    // Other threads of the test runner come and go.
    assert.approximately(before - after, 10, 5, "ten more")
    assert.isAbove(makeReadUsage()()?.limit ?? 0, readdirSync("/proc/self/fd").length)
  })

  it("are kept back in proportion", () => {
    assert.deepStrictEqual([24, 64, 128, 512, 1024, 1_000_000].map(reserveOf), [8, 8, 8, 32, 64, 64])
  })

  it("are scarce when every thread taking one more would use the reserve", () => {
    const usage = (free: number): Usage => ({ limit: 64, free })
    assert.isFalse(isScarce(usage(8 + 4), { listening: 0, connections: 5, undialled: 0, taken: 5 }, 2))
    assert.isTrue(isScarce(usage(8 + 3), { listening: 0, connections: 5, undialled: 0, taken: 5 }, 2))
    assert.isFalse(isScarce(usage(8 + 4 + 3), { listening: 0, connections: 5, undialled: 3, taken: 5 }, 2))
    assert.isTrue(isScarce(usage(8 + 4 + 2), { listening: 0, connections: 5, undialled: 3, taken: 5 }, 2))
    // A thread with nothing whose end it could wait for takes one, as long as that one can dial.
    assert.isFalse(isScarce(usage(2), { listening: 0, connections: 0, undialled: 9, taken: 9 }, 2))
    assert.isTrue(isScarce(usage(1), { listening: 0, connections: 0, undialled: 9, taken: 9 }, 2))
    assert.isTrue(isScarce(usage(2), { listening: 1, connections: 0, undialled: 9, taken: 9 }, 2))
  })

  it("leave the reserve alone, whoever accepts and dials in whatever order", () => {
    const cases = fc.record({
      limit: fc.integer({ min: 64, max: 4096 }),
      threads: fc.integer({ min: 1, max: 8 }),
      spare: fc.nat({ max: 4096 }),
      turns: fc.array(fc.record({ thread: fc.nat({ max: 7 }), dials: fc.boolean() }), { maxLength: 4000, size: "max" })
    })
    let fullest = 0
    const holds = fc.property(cases, ({ limit, spare, threads, turns }) => {
      // Every thread takes its first one unasked.
      let free = Math.min(limit, reserveOf(limit) + 2 * threads + spare)
      let taken = 0
      const all = Array.from({ length: threads }, () => {
        const scarce = watch(threads, () => ({ limit, free }))
        return { scarce, connections: 0, undialled: 0, aside: false }
      })
      const undialled = () => all.reduce((sum, thread) => sum + thread.undialled, 0)
      for (const turn of turns) {
        const thread = all[turn.thread % threads]
        if (thread === undefined) continue
        if (turn.dials && thread.undialled > 0) {
          thread.undialled--
          free--
        } else if (!thread.aside) {
          thread.connections++
          thread.undialled++
          taken++
          free--
          thread.aside = thread.scarce({ listening: 0, connections: thread.connections, undialled: undialled(), taken })
        }
        // What has been accepted dials in the end.
        assert.isAtLeast(free - undialled(), reserveOf(limit))
      }
      if (all.every(({ aside }) => aside)) fullest++
    })
    fc.assert(holds, { numRuns: 100 })
    assert.isAbove(fullest, 10)
  })

  it("are not counted for every connection while plenty are free", () => {
    let free = 1000
    let reads = 0
    const scarce = watch(2, () => {
      reads++
      return { limit: 1024, free }
    })
    let taken = 0
    while (!scarce({ listening: 0, connections: taken, undialled: 0, taken })) {
      taken++
      // Two a connection, and as many for something else.
      free -= 4
    }
    assert.isAtLeast(free, 64 - 4)
    assert.isBelow(reads, taken / 4)
    assert.isFalse(watch(1, () => undefined)({ listening: 0, connections: 9, undialled: 9, taken: 9 }))
  })
})
