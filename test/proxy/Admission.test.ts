import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Admission, join, makeShared, threadLost } from "../../src/proxy/Admission.ts"

/** One thread as the listener behaves: clients queue, and are taken while `tryEnter` agrees. */
class FakeThread {
  readonly admission: Admission
  readonly served: Array<string> = []
  private readonly queue: Array<string> = []
  private paused = false

  constructor(shared: ReturnType<typeof makeShared>, thread: number, served: (client: string) => void = () => {}) {
    this.admission = join(shared, thread, () => this.resume())
    this.onServed = served
  }
  private readonly onServed: (client: string) => void

  arrive(client: string): void {
    this.queue.push(client)
    if (!this.paused) this.resume()
  }
  resume(): void {
    this.paused = false
    while (this.queue.length > 0) {
      if (!this.admission.tryEnter()) {
        this.paused = true
        return
      }
      const client = this.queue.shift()
      if (client !== undefined) {
        this.served.push(client)
        this.onServed(client)
      }
    }
  }
}

/** Grants travel by `Atomics.waitAsync`: a few turns of the loop. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe("Admission", () => {
  it("admits up to the limit and serves the waiting in order of arrival", async () => {
    const thread = new FakeThread(makeShared(2, 1), 0)
    for (const client of ["a", "b", "c", "d"]) thread.arrive(client)
    assert.deepStrictEqual(thread.served, ["a", "b"])
    thread.admission.leave()
    await settle()
    assert.deepStrictEqual(thread.served, ["a", "b", "c"])
    thread.admission.leave()
    thread.admission.leave()
    await settle()
    assert.deepStrictEqual(thread.served, ["a", "b", "c", "d"])
    thread.admission.close()
  })

  it("hands freed slots to waiting threads in turn", async () => {
    const order: Array<string> = []
    const shared = makeShared(1, 3)
    const threads = [0, 1, 2].map((n) => new FakeThread(shared, n, (client) => order.push(client)))
    const [first, second, third] = threads
    assert(first !== undefined && second !== undefined && third !== undefined)
    for (const client of ["a1", "a2", "a3", "a4"]) first.arrive(client)
    for (const client of ["b1", "b2"]) second.arrive(client)
    third.arrive("c1")
    // Whoever was served last leaves next.
    for (let i = 0; i < 7; i++) {
      await settle()
      const last = order.at(-1)
      assert(last !== undefined)
      const thread = last.startsWith("a") ? first : last.startsWith("b") ? second : third
      thread.admission.leave()
    }
    await settle()
    assert.deepStrictEqual([...order].sort(), ["a1", "a2", "a3", "a4", "b1", "b2", "c1"])
    assert.isBelow(order.indexOf("b1"), order.indexOf("a3"), "a busy thread must not starve the second one")
    assert.isBelow(order.indexOf("c1"), order.indexOf("a3"), "a busy thread must not starve the third one")
    for (const thread of threads) thread.admission.close()
  })

  it("gives a slot that was set aside for a closed thread to another one", async () => {
    const shared = makeShared(1, 2)
    const first = new FakeThread(shared, 0)
    const second = new FakeThread(shared, 1)
    first.arrive("a1")
    first.arrive("a2")
    second.arrive("b1")
    first.admission.leave()
    first.admission.close()
    await settle()
    assert.deepStrictEqual(second.served, ["b1"])
    second.admission.close()
  })

  it("takes back what a dead thread held", async () => {
    const shared = makeShared(2, 2)
    const dead = new FakeThread(shared, 0)
    const alive = new FakeThread(shared, 1)
    dead.arrive("a1")
    dead.arrive("a2")
    alive.arrive("b1")
    alive.arrive("b2")
    assert.deepStrictEqual(alive.served, [])
    threadLost(shared, 0)
    await settle()
    assert.deepStrictEqual(alive.served, ["b1", "b2"])
    alive.admission.close()
  })

  it("never exceeds the limit and never forgets a client, whatever the order of events", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ thread: fc.integer({ min: 0, max: 2 }), leave: fc.boolean() }), { maxLength: 40 }),
        async (limit, events) => {
          const shared = makeShared(limit, 3)
          let inside = 0
          let most = 0
          const enter = () => {
            inside++
            most = Math.max(most, inside)
          }
          const open = [0, 0, 0]
          const threads = [0, 1, 2].map(
            (n) =>
              new FakeThread(shared, n, () => {
                enter()
                open[n] = (open[n] ?? 0) + 1
              })
          )
          const leave = (n: number) => {
            if ((open[n] ?? 0) === 0) return
            open[n] = (open[n] ?? 0) - 1
            inside--
            threads[n]?.admission.leave()
          }
          let arrived = 0
          for (const event of events) {
            if (event.leave) leave(event.thread)
            else threads[event.thread]?.arrive(`${arrived++}`)
            if (events.length % 3 === 0) await settle()
          }
          for (let round = 0; round < 2 * events.length + 2; round++) {
            await settle()
            for (const n of [0, 1, 2]) leave(n)
          }
          await settle()
          assert.isAtMost(most, limit)
          assert.strictEqual(
            threads.reduce((sum, thread) => sum + thread.served.length, 0),
            arrived
          )
          for (const thread of threads) thread.admission.close()
        }
      ),
      { numRuns: 60 }
    )
  })
})
