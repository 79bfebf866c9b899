import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type Push, pushing } from "../../src/metrics/Pusher.ts"

/** A configurable push, with the lines it logs. */
const pusher = (change: Partial<Push> = {}) => {
  const lines: Array<string> = []
  const state: { pushes: number; outcome: Effect.Effect<void, string> } = { pushes: 0, outcome: Effect.void }
  const push = Effect.suspend(() => {
    state.pushes += 1
    return state.outcome
  })
  const options: Push = {
    interval: Duration.seconds(30),
    timeout: Duration.seconds(10),
    push,
    tooLate: "too late",
    to: "there",
    log: (line) => void lines.push(line),
    ...change
  }
  return { lines, state, run: pushing(options) }
}

describe("pushing", () => {
  it.effect("pushes first after one interval, then every interval", () =>
    Effect.gen(function* () {
      const { lines, run, state } = pusher()
      yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(state.pushes, 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(state.pushes, 1)
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(state.pushes, 11)
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("logs once when pushes begin to fail and once when they succeed again", () =>
    Effect.gen(function* () {
      const { lines, run, state } = pusher()
      yield* Effect.forkChild(run, { startImmediately: true })
      state.outcome = Effect.fail("refused")
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(state.pushes, 4)
      assert.deepStrictEqual(lines.splice(0), ["error reporting metrics: refused"])
      state.outcome = Effect.void
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(lines.splice(0), ["reporting metrics again to there"])
      state.outcome = Effect.fail("reset")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(lines, ["error reporting metrics: reset"])
    })
  )

  it.effect("cancels a push after its timeout and continues", () =>
    Effect.gen(function* () {
      const { lines, run, state } = pusher()
      let given = 0
      state.outcome = Effect.onInterrupt(Effect.never, () =>
        Effect.sync(() => {
          given += 1
        })
      )
      yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("39999 millis")
      assert.deepStrictEqual([given, lines], [0, []])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual([given, lines], [1, ["error reporting metrics: too late"]])
      state.outcome = Effect.void
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(state.pushes, 2)
    })
  )

  it.effect("runs one push at a time and does not catch up on missed ones", () =>
    Effect.gen(function* () {
      const { run, state } = pusher({ interval: Duration.seconds(1), timeout: Duration.millis(4500) })
      state.outcome = Effect.never
      yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(state.pushes, 1)
      state.outcome = Effect.void
      yield* TestClock.adjust("1 second")
      assert.strictEqual(state.pushes, 2)
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(state.pushes, 5)
    })
  )

  it.effect("logs a defect and continues", () =>
    Effect.gen(function* () {
      const { lines, run, state } = pusher()
      state.outcome = Effect.die(new Error("ours"))
      yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(state.pushes, 2)
      assert.deepStrictEqual(lines, ["error reporting metrics: internal error: Error: ours"])
    })
  )

  it.effect("stops at once when it is interrupted, also in the middle of a push", () =>
    Effect.gen(function* () {
      const { lines, run, state } = pusher()
      state.outcome = Effect.never
      const fiber = yield* Effect.forkChild(run, { startImmediately: true })
      yield* TestClock.adjust("35 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([state.pushes, lines], [1, []])
    })
  )

  it.effect("never pushes when the interval is zero or negative", () =>
    Effect.forEach([Duration.zero, Duration.nanos(-1_000_000_000n)], (interval) =>
      Effect.gen(function* () {
        const { run, state } = pusher({ interval })
        yield* Effect.forkChild(run, { startImmediately: true })
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(state.pushes, 0)
      })
    )
  )
})
