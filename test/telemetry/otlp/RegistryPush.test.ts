import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Metric } from "effect"
import { layerJson, OtlpSerialization } from "effect/observability/OtlpSerialization"
import { TestClock } from "effect/testing"
import { PushError } from "../../../src/telemetry/otlp/Collector.ts"
import { pushRegistry } from "../../../src/telemetry/otlp/RegistryPush.ts"
import { fromJson } from "../../support/OtlpData.ts"

const settings = {
  signal: "metrics",
  url: new URL("http://u:s3cret@h/v1/metrics"),
  headers: {},
  form: "http/json",
  compression: "none",
  timeout: Duration.seconds(1),
  interval: Duration.seconds(10)
} as const
const resource = { serviceName: "s", serviceVersion: "1", attributes: {} }

/** Effect's exporter reads the reply over several turns of the event loop, which the test clock does not wait for. */
const pass = (seconds: number) =>
  Effect.forEach(Array.from({ length: seconds }), () =>
    Effect.andThen(
      TestClock.adjust("1 seconds"),
      Effect.promise(() => new Promise<void>((done) => setImmediate(done)))
    )
  )

const setting = Effect.fnUntraced(function* (temporality: "cumulative" | "delta") {
  const sent: Array<ReadonlyArray<number | undefined>> = []
  const units: Array<string> = []
  const state = { attempts: 0, down: true }
  const events: Array<string> = []
  const registry = Context.make(Metric.MetricRegistry, new Map())
  const counter = Metric.counter("sent_bytes", { incremental: true })
  const add = (n: number) => counter.updateUnsafe(n, registry)
  const exporter = yield* pushRegistry(
    { ...settings, temporality },
    resource,
    { name: "scope", version: "2" },
    yield* Effect.provide(OtlpSerialization, layerJson),
    (_, { bytes }) =>
      Effect.suspend(() => {
        state.attempts++
        if (state.down) return Effect.fail(new PushError({ message: "down", retry: Duration.zero }))
        const { metrics, scope } = fromJson("/v1/metrics", Buffer.from(bytes).toString())
        assert.deepStrictEqual(scope, { name: "scope", version: "2" })
        sent.push(metrics.flatMap(({ points }) => points.map(({ value }) => value)))
        units.push(...metrics.map(({ unit }) => unit))
        return Effect.void
      }),
    {
      failed: (why) => events.push(why),
      succeeded: () => events.push("again"),
      overflowed: () => assert.fail("no queue"),
      lost: () => assert.fail("no queue")
    }
  ).pipe(Effect.provideContext(Context.merge(yield* Effect.context<never>(), registry)))
  return { add, events, exporter, sent, state, units }
})

describe("pushRegistry", () => {
  it.effect("are pushed every interval, even after a failed push", () =>
    Effect.gen(function* () {
      const { add, events, exporter, sent, state, units } = yield* setting("cumulative")
      add(3)
      yield* pass(20)
      assert.deepStrictEqual([state.attempts, events], [2, ["down", "down"]])
      state.down = false
      add(4)
      yield* pass(10)
      assert.deepStrictEqual([sent, units, events.at(-1)], [[[7]], ["By"], "again"])
      add(1)
      yield* exporter.flush
      assert.deepStrictEqual(sent, [[7], [8]])
    }).pipe(Effect.scoped)
  )

  it.effect("keep delta values of a failed push", () =>
    Effect.gen(function* () {
      const { add, sent, state } = yield* setting("delta")
      add(3)
      yield* pass(15)
      state.down = false
      add(4)
      yield* pass(90)
      assert.strictEqual(sent[0]?.[0], 7)
      const more = sent.length
      add(5)
      yield* pass(10)
      assert.strictEqual(sent[more]?.[0], 5)
    }).pipe(Effect.scoped)
  )
})
