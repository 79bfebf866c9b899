import { assert, describe, it } from "@effect/vitest"
import * as Timer from "../../src/transport/Timer.ts"

/** Resolves with the time at which a timer for this deadline fires. */
const fires = (deadline: number) =>
  new Promise<number>((resolve) => Timer.at(deadline, () => resolve(performance.now())))

describe("timers", () => {
  it("never fire before their deadline, near or distant", async () => {
    const now = performance.now()
    for (const millis of [-5, 0, 1, 40, 499, 501, 640, 777.7]) {
      assert.isAtLeast(await fires(now + millis), now + millis - 1, `${millis} ms`)
    }
  })

  it("fire in the order of their deadlines", async () => {
    const order: Array<number> = []
    const now = performance.now()
    await Promise.all(
      [640, 530, 900, 531, 610, 20].map(async (millis) => {
        await fires(now + millis)
        order.push(millis)
      })
    )
    assert.deepStrictEqual(
      order,
      order.toSorted((a, b) => a - b)
    )
  })

  it("do nothing once they are cancelled, also by another one that fires at the same moment", async () => {
    const fired: Array<string> = []
    const deadline = performance.now() + 600
    const cancels = new Map<string, () => void>()
    const cancelOthers = (name: string) => () => {
      fired.push(name)
      for (const [other, cancel] of cancels) if (other !== name) cancel()
    }
    for (const name of ["a", "b", "c"]) cancels.set(name, Timer.at(deadline, cancelOthers(name)))
    const cancelled = Timer.after(550, () => fired.push("cancelled"))
    cancelled()
    cancelled()
    await fires(deadline + 100)
    assert.deepStrictEqual(fired, ["a"])
  })

  it("are not held up by one that throws", async () => {
    const thrown = new Promise<unknown>((resolve) => {
      const listeners = process.listeners("uncaughtException")
      process.removeAllListeners("uncaughtException")
      process.once("uncaughtException", (error) => {
        for (const listener of listeners) process.on("uncaughtException", listener)
        resolve(error)
      })
    })
    const deadline = performance.now() + 600
    const failure = new Error("on purpose")
    Timer.at(deadline, () => {
      throw failure
    })
    const next = fires(deadline)
    assert.strictEqual(await thrown, failure)
    assert.isAtLeast(await next, deadline - 1)
  })

  it("take deadlines that no timer of Node's can hold", () => {
    const cancel = Timer.after(2 ** 40, () => assert.fail("it fired"))
    cancel()
  })

  it("leave nothing that keeps the process alive once they are cancelled", () => {
    const held = () => process.getActiveResourcesInfo().filter((each) => each === "Timeout").length
    const before = held()
    const cancels = [600, 700, 5000].map((millis) => Timer.after(millis, () => {}))
    assert.isAbove(held(), before)
    for (const cancel of cancels) cancel()
    assert.strictEqual(held(), before)
  })
})
