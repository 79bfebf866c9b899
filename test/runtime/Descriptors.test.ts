import { closeSync, openSync, readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { isScarce, parseLimit, readUsage, reserveOf, type Usage, watch } from "../../src/runtime/Descriptors.ts"

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
    const before = readUsage()?.free ?? 0
    const opened = Array.from({ length: 10 }, () => openSync("/dev/null", "r"))
    const after = readUsage()?.free ?? 0
    for (const fd of opened) closeSync(fd)
    // Other threads of the test runner come and go.
    assert.approximately(before - after, 10, 5, "ten more")
    assert.isAbove(readUsage()?.limit ?? 0, readdirSync("/proc/self/fd").length)
  })

  it("are kept back in proportion", () => {
    assert.deepStrictEqual([24, 64, 128, 512, 1024, 1_000_000].map(reserveOf), [8, 8, 8, 32, 64, 64])
  })

  it("are scarce when dials still to come would use the reserve", () => {
    const usage = (free: number): Usage => ({ limit: 64, free })
    assert.isFalse(isScarce(usage(9), { connections: 5, undialled: 0 }, 2))
    assert.isTrue(isScarce(usage(8), { connections: 5, undialled: 0 }, 2))
    assert.isFalse(isScarce(usage(15), { connections: 5, undialled: 3 }, 2))
    assert.isTrue(isScarce(usage(14), { connections: 5, undialled: 3 }, 2))
    // A thread with nothing whose end it could wait for takes one, as long as that one can dial.
    assert.isFalse(isScarce(usage(2), { connections: 0, undialled: 0 }, 2))
    assert.isTrue(isScarce(usage(1), { connections: 0, undialled: 0 }, 2))
  })

  it("are not counted for every connection while plenty are free", () => {
    let free = 1000
    let reads = 0
    const scarce = watch(2, () => {
      reads++
      return { limit: 1024, free }
    })
    let taken = 0
    while (!scarce({ connections: taken, undialled: 0 })) {
      taken++
      // Two a connection, and the other thread is twice as busy.
      free -= 6
    }
    assert.isAtLeast(free, 64 - 6)
    assert.isBelow(reads, taken / 4)
    assert.isFalse(watch(1, () => undefined)({ connections: 9, undialled: 9 }))
  })
})
