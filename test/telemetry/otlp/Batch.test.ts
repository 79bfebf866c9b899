import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Batch from "../../../src/telemetry/otlp/Batch.ts"
import { PushError } from "../../../src/telemetry/otlp/Collector.ts"
import { signalLog } from "../../../src/telemetry/otlp/SignalLog.ts"

const limits = { batchSize: 3, interval: Duration.seconds(5), limit: 6 }

const setting = Effect.gen(function* () {
  const sent: Array<ReadonlyArray<number>> = []
  const lines: Array<string> = []
  const state: { answer: Effect.Effect<void, PushError> } = { answer: Effect.void }
  const settings = { signal: "traces", url: new URL("http://u:s3cret@h/v1/traces") } as const
  const log = signalLog({ ...settings, ...rest }, (line) => lines.push(line))
  const batch = yield* Batch.make<number>(
    limits,
    (items) => Effect.suspend(() => state.answer).pipe(Effect.tap(() => Effect.sync(() => sent.push(items)))),
    log
  )
  return { batch, sent, lines, state }
})

const rest = { headers: {}, form: "http/json", compression: "none", timeout: Duration.seconds(1) } as const
const down = (retry?: Duration.Duration) => Effect.fail(new PushError({ message: "down", retry }))

describe("a batch", () => {
  it.effect("is sent every interval, and at once when it is full", () =>
    Effect.gen(function* () {
      const { batch, lines, sent } = yield* setting
      batch.push(1)
      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual(sent, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(sent, [[1]])
      for (const n of [2, 3, 4, 5]) batch.push(n)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(sent, [[1], [2, 3, 4]])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(sent, [[1], [2, 3, 4], [5]])
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(sent.length, 3)
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("retries with backoff while the collector is down, and drops items that do not fit", () =>
    Effect.gen(function* () {
      const { batch, lines, sent, state } = yield* setting
      let attempts = 0
      state.answer = Effect.suspend(() => {
        attempts++
        return down(Duration.zero)
      })
      for (let n = 1; n <= 9; n++) batch.push(n)
      yield* TestClock.adjust(0)
      assert.strictEqual(attempts, 1)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(attempts, 2)
      yield* TestClock.adjust("1999 millis")
      assert.strictEqual(attempts, 2)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(attempts, 7)
      assert.deepStrictEqual(lines, [
        "warning: dropping OTLP traces: 6 are waiting to be exported",
        "error exporting OTLP traces: down"
      ])
      state.answer = Effect.void
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(sent, [
        [1, 2, 3],
        [4, 5, 6]
      ])
      assert.deepStrictEqual(lines.slice(2), [
        "exporting OTLP traces again to http://u:***@h/v1/traces",
        "warning: 3 OTLP traces were dropped"
      ])
    })
  )

  it.effect("waits as long as a collector asks for", () =>
    Effect.gen(function* () {
      const { batch, sent, state } = yield* setting
      state.answer = down(Duration.seconds(20))
      batch.push(1)
      yield* TestClock.adjust("5 seconds")
      state.answer = Effect.void
      yield* TestClock.adjust("19 seconds")
      assert.deepStrictEqual(sent, [])
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual(sent, [[1]])
    })
  )

  it.effect("is dropped on a permanent rejection or an internal error", () =>
    Effect.gen(function* () {
      const { batch, lines, sent, state } = yield* setting
      state.answer = down()
      batch.push(1)
      yield* TestClock.adjust("5 seconds")
      state.answer = Effect.die(new Error("oh"))
      batch.push(2)
      yield* TestClock.adjust("5 seconds")
      state.answer = Effect.void
      batch.push(3)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(sent, [[3]])
      assert.deepStrictEqual(lines, [
        "error exporting OTLP traces: down",
        "exporting OTLP traces again to http://u:***@h/v1/traces",
        "warning: 2 OTLP traces were dropped"
      ])
    })
  )

  it.effect("is flushed once, whether or not the push succeeds", () =>
    Effect.gen(function* () {
      const { batch, sent, state } = yield* setting
      for (const n of [1, 2, 3, 4]) batch.push(n)
      yield* batch.flush
      assert.deepStrictEqual(sent, [[1, 2, 3], [4]])
      state.answer = down(Duration.zero)
      batch.push(5)
      yield* batch.flush
      assert.strictEqual(sent.length, 2)
    })
  )
})
