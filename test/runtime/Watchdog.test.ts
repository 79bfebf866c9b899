import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { ServiceNotify } from "../../src/runtime/ServiceNotify.ts"
import { watch, watchdogInterval } from "../../src/runtime/Watchdog.ts"

const recorder = (sent: Array<string>) =>
  Layer.succeed(ServiceNotify, { send: (all) => Effect.sync(() => void sent.push(...all())) })

describe("the watchdog's variables", () => {
  it("give half the interval to the right process", () => {
    const half = Duration.millis(10_000)
    for (const env of [
      { WATCHDOG_USEC: "20000000" },
      { WATCHDOG_USEC: "20000000", WATCHDOG_PID: "7" },
      { WATCHDOG_USEC: "20000000", WATCHDOG_PID: "" }
    ]) {
      assert.deepStrictEqual(watchdogInterval(env, 7), half)
    }
    assert.deepStrictEqual(watchdogInterval({ WATCHDOG_USEC: "1" }, 7), Duration.millis(1))
  })

  it("turn it off silently otherwise", () => {
    for (const env of [
      {},
      { WATCHDOG_USEC: "" },
      { WATCHDOG_USEC: "0" },
      { WATCHDOG_USEC: "-1" },
      { WATCHDOG_USEC: "20s" },
      { WATCHDOG_USEC: "1e9" },
      { WATCHDOG_USEC: "20000000", WATCHDOG_PID: "8" },
      { WATCHDOG_USEC: "20000000", WATCHDOG_PID: "seven" }
    ]) {
      assert.isUndefined(watchdogInterval(env, 7))
    }
  })

  it("never give an interval that is not one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt().map(String)), (text) => {
        const interval = watchdogInterval({ WATCHDOG_USEC: text }, 7)
        assert.isTrue(interval === undefined || Duration.toMillis(interval) >= 1)
      })
    )
  })
})

describe("watch", () => {
  it.effect("reports first after one interval, then at each", () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(watch({ WATCHDOG_USEC: "20000000" }, 7), { startImmediately: true })
      yield* TestClock.adjust("9999 millis")
      assert.deepStrictEqual(sent, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(sent, ["WATCHDOG=1"])
      for (let n = 2; n <= 5; n++) {
        yield* TestClock.adjust("10 seconds")
        assert.lengthOf(sent, n)
      }
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(recorder(sent)))
  })

  it.effect("ends at once without a watchdog", () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      yield* watch({}, 7)
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(recorder(sent)))
  })
})
