import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Metric } from "effect"
import { ConnectionStats, writer } from "../../src/metrics/ConnectionStats.ts"
import { loopCell } from "../../src/metrics/ThreadVitals.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"
import { closed, failed, opened } from "./Records.ts"

const layer = Telemetry.layer({
  prefix: "ghostunnel",
  identities: 2
}).pipe(Layer.provideMerge(ConnectionStats.layer), Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map())))

/** The telemetry of a tunnel by this name. */
const tunnelOf = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const stats = (yield* ConnectionStats).tunnel(name)
    return (yield* Telemetry).tunnel({ stats, labels, build: { version: "1", mode: "server" } })
  })
const tunnel = tunnelOf("tunnel")

const plane = {
  workers: 2,
  threads: () => ({ replaced: 1 })
}

const lines = Effect.map(Telemetry, ({ page }) => page("openmetrics").split("\n"))

describe("Telemetry", () => {
  it.effect("shows totals of the data path, capacity and build", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const thread = writer(stats.attachThread("tunnel", 0))
      thread.add("accept.total", 1)
      thread.add("conn.open", 1)
      thread.carried("forwarded", 10)
      loopCell(stats.attachVitals(1)).set([0.25, 0.5])
      ;(yield* Telemetry).follow(plane)
      ;(yield* tunnel).slots({ maxConcurrentConnections: 10, slotsTaken: () => 3 })
      const page = yield* lines
      assert.includeMembers(page, [
        'ghostunnel_event_loop_lag_seconds{thread="worker-2"} 0.25',
        'ghostunnel_event_loop_utilization_ratio{thread="worker-2"} 0.5',
        'ghostunnel_event_loop_lag_seconds{thread="main"} 0',
        "ghostunnel_connections_accepted_total 1",
        "ghostunnel_connections_active 1",
        "ghostunnel_connections_established_total 0",
        'ghostunnel_carried_bytes_total{direction="forwarded"} 10',
        'ghostunnel_carried_bytes_total{direction="returned"} 0',
        "ghostunnel_connection_slots 10",
        "ghostunnel_connection_slots_used 3",
        "ghostunnel_workers 2",
        "ghostunnel_workers_replaced_total 1",
        'ghostunnel_build_info{version="1",mode="server"} 1',
        "nodejs_fibers 0"
      ])
      assert.isNotEmpty(page.filter((line) => /^process_cpu_seconds_total [0-9.]+$/.test(line)))
      assert.isNotEmpty(page.filter((line) => /^nodejs_heap_size_used_bytes [0-9]+$/.test(line)))
    }).pipe(Effect.provide(layer))
  )

  it.effect("counts connections by outcome", () =>
    Effect.gen(function* () {
      const { record } = yield* tunnel
      record(opened("CN=a"))
      record(closed("CN=a", 250, 30, 40))
      record(failed("HandshakeFailed", "untrusted"))
      record(failed("HandshakeFailed", "untrusted"))
      record(failed("DialFailed", "connect_refused"))
      record({ _tag: "AcceptFailed", at: 0, reason: "descriptors", message: "" })
      assert.includeMembers(yield* lines, [
        'ghostunnel_connections_closed_total{reason="eof"} 1',
        'ghostunnel_errors_total{stage="handshake",reason="untrusted"} 2',
        'ghostunnel_errors_total{stage="dial",reason="connect_refused"} 1',
        'ghostunnel_errors_total{stage="accept",reason="descriptors"} 1',
        'ghostunnel_handshakes_total{version="TLS 1.3",cipher="TLS_AES_128_GCM_SHA256",group="",resumed="false"} 1',
        'ghostunnel_handshake_duration_seconds_bucket{result="admitted",le="0.0025"} 2',
        'ghostunnel_handshake_duration_seconds_count{result="refused"} 2',
        'ghostunnel_dial_duration_seconds_count{result="failed"} 1',
        'ghostunnel_connection_duration_seconds_bucket{le="0.1"} 0',
        'ghostunnel_connection_duration_seconds_bucket{le="1.0"} 1',
        'ghostunnel_identity_connections_total{identity="CN=a"} 1',
        'ghostunnel_identity_carried_bytes_total{identity="CN=a",direction="returned"} 40'
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("replaces certificates and counts reloads", () =>
    Effect.gen(function* () {
      const { certificates, reloaded } = yield* tunnel
      const leaf = { role: "leaf", subject: "CN=a", serial: "01", notBefore: 0, notAfter: 1_800_000_000_000 } as const
      certificates([leaf, { ...leaf, role: "authority" }], 1)
      certificates([{ ...leaf, serial: "02" }], 3)
      reloaded(true)
      reloaded(false)
      const page = yield* lines
      assert.deepStrictEqual(
        page.filter((line) => line.startsWith("ghostunnel_certificate")),
        ['ghostunnel_certificate_not_after_timestamp_seconds{role="leaf",subject="CN=a",serial="02"} 1800000000']
      )
      assert.includeMembers(page, [
        "ghostunnel_expired_authorities 3",
        'ghostunnel_reloads_total{result="success"} 1',
        'ghostunnel_reloads_total{result="failure"} 1'
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("labels the tunnels of one process, and keeps what each records apart", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const [one, other] = [yield* tunnelOf("one", { tunnel: "one" }), yield* tunnelOf("other", { tunnel: "other" })]
      writer(stats.attachThread("one", 0)).add("accept.total", 1)
      one.record(closed("CN=a"))
      one.reloaded(true)
      other.reloaded(false)
      assert.includeMembers(yield* lines, [
        'ghostunnel_connections_accepted_total{tunnel="one"} 1',
        'ghostunnel_connections_accepted_total{tunnel="other"} 0',
        'ghostunnel_connections_closed_total{tunnel="one",reason="eof"} 1',
        'ghostunnel_reloads_total{tunnel="one",result="success"} 1',
        'ghostunnel_reloads_total{tunnel="other",result="success"} 0',
        'ghostunnel_reloads_total{tunnel="other",result="failure"} 1'
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("records in the embedding program's registry too, with its labels, where the last values stay", () =>
    Effect.gen(function* () {
      const context = Context.make(Metric.MetricRegistry, new Map())
      const embedded = Telemetry.layer({
        prefix: "ghostunnel",
        identities: 0,
        program: { context, labels: { tunnel: "mine" } }
      }).pipe(
        Layer.provideMerge(ConnectionStats.layer),
        Layer.provide(Layer.sync(Metric.MetricRegistry, () => new Map()))
      )
      yield* Effect.provide(
        Effect.gen(function* () {
          ;(yield* tunnel).record(closed("CN=a"))
          assert.include(yield* lines, 'ghostunnel_connections_closed_total{reason="eof"} 1')
        }),
        embedded
      )
      const series = Metric.snapshotUnsafe(context)
      assert.deepStrictEqual(
        series.filter(({ attributes }) => attributes?.["tunnel"] !== "mine"),
        []
      )
      const seen = series.find(({ id }) => id === "ghostunnel_connections_closed")
      assert.deepStrictEqual(seen?.state, { count: 1, incremental: true })
    })
  )
})
