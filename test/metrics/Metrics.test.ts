import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionStats, writer } from "../../src/metrics/ConnectionStats.ts"
import type { Distribution } from "../../src/metrics/Distribution.ts"
import { FiberCount } from "../../src/metrics/FiberCount.ts"
import { json } from "../../src/metrics/JsonMetrics.ts"
import { Metrics } from "../../src/metrics/Metrics.ts"
import { prometheus } from "../../src/metrics/PrometheusMetrics.ts"
import { type Report, report } from "../../src/metrics/Report.ts"
import { described, entries, exempt, exemptions, families, golden, values, withoutExempt } from "./Golden.ts"

/** The captured values as a report, from the JSON and the Prometheus capture. */
const captured = (): Report => {
  const numbers = new Map(entries(golden("metrics.json")).map(({ metric, value }) => [metric, value]))
  const page = values(golden("metrics.prom"))
  const number = (name: string) => numbers.get(`ghostunnel.${name}`) ?? Number.NaN
  const sample = (name: string) => Number(page.get(`ghostunnel_${name}`) ?? Number.NaN)
  const quantiles = (name: string, buckets: string): Distribution["percentile"] => {
    return (p) => numbers.get(`ghostunnel.${name}.${p * 100}-percentile`) ?? sample(`${buckets}_bucket{le="${p}"}`)
  }
  const distribution = (name: string) => {
    return {
      count: number(`${name}.count`),
      min: number(`${name}.min`),
      max: number(`${name}.max`),
      mean: number(`${name}.mean`)
    }
  }
  return report({
    prefix: "ghostunnel",
    hostname: "vm",
    time: 1_795_334_591_999,
    counter: number,
    timer: (name) => {
      const flat = name.replace(".", "_")
      return {
        ...distribution(name),
        sum: sample(`${flat}_sum`),
        variance: sample(`${flat}_variance`),
        stdDev: sample(`${flat}_std_dev`),
        percentile: quantiles(name, `${flat}_timer`),
        rate1: sample(`${flat}_rate1`),
        rate5: sample(`${flat}_rate5`),
        rate15: sample(`${flat}_rate15`),
        rateMean: sample(`${flat}_rate_mean`)
      }
    },
    gauges: [...numbers]
      .filter(([name]) => name.startsWith("ghostunnel.runtime") && !name.includes(".duration."))
      .map(([name, value]) => [name.slice("ghostunnel.".length), value]),
    gcDurations: {
      ...distribution("runtime.mem.gc.duration"),
      sum: 0,
      variance: 0,
      stdDev: 0,
      latest: 0,
      percentile: quantiles("runtime.mem.gc.duration", "runtime_mem_gc_duration_histogram")
    }
  })
}

const layer = (options: { readonly prefix: string; readonly interval: Duration.Duration }) =>
  Metrics.layer(options).pipe(Layer.provideMerge(ConnectionStats.layer))
const usual = { prefix: "ghostunnel", interval: Duration.seconds(30) }
/** Metric names in order, without the prefix. */
const names = (text: string) => entries(text).map(({ metric }) => metric.slice("ghostunnel.".length))
/** Names without the last suffix of a timer or histogram. */
const stems = (text: string) =>
  names(text).map((name) => name.replace(/^(conn\.(handshake|lifetime)|.*\.duration)\..*/, "$1"))
const suffixes = ["count", "min", "max", "mean", "50-percentile", "75-percentile", "95-percentile", "99-percentile"]

describe("formats", () => {
  it("reproduce the captured exposition byte for byte", () => {
    const page = golden("metrics.prom")
    const ours = prometheus(captured(), [])
    const theirs = withoutExempt(page)
    assert.strictEqual(
      ours,
      [...families(theirs)]
        .filter(([name]) => !name.startsWith("process_"))
        .flatMap(([, lines]) => lines)
        .map((line) => `${line}\n`)
        .join("")
    )
  })

  it("reproduce the captured array, sorted", () => {
    const text = golden("metrics.json")
    const ours = json(captured())
    const order = (list: ReturnType<typeof entries>) => list.toSorted((a, b) => (a.metric < b.metric ? -1 : 1))
    assert.deepStrictEqual(order(entries(ours)), order(entries(text)))
    // Byte for byte: every entry appears in the capture.
    const objects = (array: string) => array.slice(1, -1).split(/(?<=\}),/)
    assert.deepStrictEqual(objects(ours).toSorted(), objects(text).toSorted())
    assert.strictEqual(ours, `[${objects(ours).join(",")}]`)
    assert.deepStrictEqual(stems(ours), stems(ours).toSorted())
    for (const stem of ["conn.handshake", "conn.lifetime", "runtime.mem.gc.duration"]) {
      const own = names(ours).filter((name) => name.startsWith(`${stem}.`))
      assert.deepStrictEqual(
        own,
        suffixes.map((suffix) => `${stem}.${suffix}`)
      )
    }
  })

  it("print JSON numbers as captured", () => {
    for (const file of ["metrics.json", "metrics-early.json"]) {
      const text = golden(file)
      assert.strictEqual(JSON.stringify(entries(text)), text)
    }
  })

  it("truncate quantiles to integers in buckets only", () => {
    const page = values(prometheus(captured(), []))
    assert.strictEqual(page.get('ghostunnel_conn_handshake_timer_bucket{le="0.95"}'), "2.3439856e+07")
    assert.include(
      json(captured()),
      '"metric":"ghostunnel.conn.handshake.95-percentile","timestamp":1795334591,"value":23439856.5'
    )
  })

  it("use any prefix unchanged in JSON and as a valid name in Prometheus", () => {
    for (const [prefix, expected] of [
      ["", "conn_open"],
      ["9é\n", "____conn_open"],
      ["a.b", "a_b_conn_open"]
    ] as const) {
      const changed = { ...captured(), prefix }
      assert.isTrue(entries(json(changed)).some(({ metric }) => metric === `${prefix}.conn.open`))
      assert.isTrue(values(prometheus(changed, [])).has(expected))
      for (const family of families(prometheus(changed, [])).keys()) assert.match(family, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
    }
  })
})

describe("exemptions", () => {
  it("are those that the documentation lists", () => {
    const page = readFileSync(new URL("../../docs/migrating.md", import.meta.url), "utf8")
    const table = /^\| family \| here \|\n\| --- \| --- \|\n((?:\|.*\n)+)/m.exec(page)?.[1] ?? ""
    assert.deepStrictEqual(
      [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name),
      [...exemptions]
    )
  })

  it("are exactly the captured families that are missing here", () => {
    const captured = [...families(golden("metrics.prom")).keys()]
    for (const name of ["go_*", "promhttp_*"]) {
      assert.isTrue(
        captured.some((family) => family.startsWith(name.slice(0, -1))),
        name
      )
    }
    assert.isTrue(families(golden("metrics-later.prom")).has("ghostunnel_runtime_mem_gc_duration"))
    assert.deepStrictEqual(
      captured.filter((family) => !/^(ghostunnel|process|go|promhttp)_/.test(family)),
      []
    )
  })
})

describe("Metrics", () => {
  it.effect("has exactly the captured names before and after the first refresh", () =>
    Effect.gen(function* () {
      const metrics = yield* Metrics
      const early = entries(golden("metrics-early.json")).map(({ metric }) => metric)
      const late = entries(golden("metrics.json")).map(({ metric }) => metric)
      const ours = () => entries(metrics.json()).map(({ metric }) => metric)
      yield* TestClock.adjust("29999 millis")
      assert.deepStrictEqual(ours().toSorted(), early.toSorted())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(ours().toSorted(), late.toSorted())
      assert.strictEqual(ours().length, 48)
    }).pipe(Effect.provide(layer(usual)))
  )

  it.effect("has exactly the captured families, HELP and TYPE lines and series", () =>
    Effect.gen(function* () {
      const metrics = yield* Metrics
      yield* TestClock.adjust("30 seconds")
      const page = metrics.prometheus()
      assert.deepStrictEqual(described(page), described(golden("metrics.prom")))
      assert.deepStrictEqual(described(page), described(golden("metrics-later.prom")))
      assert.isTrue([...families(page).keys()].every((name) => !exempt(name)))
    }).pipe(Effect.provide(layer(usual)))
  )

  it.effect("never refreshes runtime gauges when the interval is zero or negative", () =>
    Effect.forEach([Duration.zero, Duration.nanos(-1_000_000_000n)], (interval) =>
      Effect.gen(function* () {
        const metrics = yield* Metrics
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(entries(metrics.json()).length, 30)
      }).pipe(Effect.provide(layer({ prefix: "p", interval })))
    )
  )

  it.effect("shows runtime gauges as of the refresh", () =>
    Effect.gen(function* () {
      const metrics = yield* Metrics
      const gauge = (name: string) =>
        entries(metrics.json()).find(({ metric }) => metric === `ghostunnel.${name}`)?.value ?? Number.NaN
      yield* TestClock.adjust("30 seconds")
      const allocated = gauge("runtime.mem.total-alloc")
      assert.isAbove(allocated, 1e6)
      assert.isAbove(gauge("runtime.mem.sys"), 1e7)
      assert.isAtLeast(gauge("runtime.mem.heap.sys"), gauge("runtime.mem.heap.alloc"))
      assert.isAbove(gauge("runtime.goroutines"), 0)
      const ballast = Array.from({ length: 1e5 }, (_, index) => ({ index }))
      assert.strictEqual(gauge("runtime.mem.total-alloc"), allocated)
      yield* TestClock.adjust("30 seconds")
      assert.isAbove(gauge("runtime.mem.total-alloc"), allocated + ballast.length)
    }).pipe(Effect.provide(layer(usual).pipe(Layer.provideMerge(FiberCount.layer))))
  )

  it.live("counts collections and shows their pauses", () =>
    Effect.gen(function* () {
      const metrics = yield* Metrics
      const value = (name: string) =>
        entries(metrics.json()).find(({ metric }) => metric === `p.${name}`)?.value ?? Number.NaN
      assert.isFalse(values(metrics.prometheus()).has("p_runtime_mem_gc_duration"))
      let ballast: Array<unknown> = []
      for (let round = 0; value("runtime.mem.gc.duration.count") < 3 && round < 500; round++) {
        ballast = Array.from({ length: 1e5 }, (_, index) => ({ index, ballast: ballast.length }))
        yield* Effect.sleep("5 millis")
      }
      assert.isAtLeast(value("runtime.mem.gc.duration.count"), 3)
      assert.isAbove(value("runtime.mem.gc.duration.max"), 1000)
      assert.isBelow(value("runtime.mem.gc.duration.max"), 5e9)
      assert.isTrue(values(metrics.prometheus()).has("p_runtime_mem_gc_duration"))
      // These are as of the last refresh.
      while (value("runtime.mem.gc.num-gc") < 3) yield* Effect.sleep("5 millis")
      assert.isAbove(value("runtime.mem.gc.cpu-fraction"), 0)
      assert.isBelow(value("runtime.mem.gc.cpu-fraction"), 1)
    }).pipe(Effect.provide(layer({ prefix: "p", interval: Duration.millis(50) })))
  )

  it.effect("reads counters at the time of the request", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const metrics = yield* Metrics
      const thread = writer(stats.attachThread("tunnel", 0))
      yield* TestClock.adjust("1500 millis")
      thread.add("accept.total", 1)
      thread.add("conn.open", 1)
      thread.observe("conn.handshake", 2_500_000)
      const shown = new Map(entries(metrics.json()).map(({ metric, value }) => [metric, value]))
      assert.strictEqual(shown.get("ghostunnel.accept.total"), 1)
      assert.strictEqual(shown.get("ghostunnel.conn.open"), 1)
      assert.strictEqual(shown.get("ghostunnel.conn.handshake.99-percentile"), 2_500_000)
      assert.strictEqual(values(metrics.prometheus()).get("ghostunnel_conn_handshake_sum"), "2.5e+06")
      const [first] = entries(metrics.json())
      assert.strictEqual(first?.hostname, hostname())
      assert.strictEqual(first?.timestamp, 1)
    }).pipe(Effect.provide(layer(usual)))
  )

  it.effect("is complete and all zero when nothing is recorded", () =>
    Effect.gen(function* () {
      const metrics = yield* Metrics
      assert.strictEqual(entries(metrics.json()).length, 30)
      assert.isTrue(entries(metrics.json()).every(({ value }) => value === 0))
    }).pipe(
      Effect.provide(
        Metrics.layer({ prefix: "", interval: Duration.zero }).pipe(Layer.provide(ConnectionStats.layerNone))
      )
    )
  )
})
