/** A process's metrics and their exporters, loaded only if something reads them. */
import { Context, Effect, Layer, Metric, Redacted } from "effect"
import type { ProcessConfig, ProcessSettings } from "../config/ProcessConfig.ts"
import { version } from "../config/Version.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { Metrics } from "../metrics/Metrics.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { Log } from "../runtime/Logging.ts"
import type { StartError } from "../runtime/StartError.ts"
import { CurrentRecordReader } from "../telemetry/RecordReader.ts"
import type { Telemetry, TunnelTelemetry } from "../telemetry/Telemetry.ts"
import { Transport } from "../transport/Transport.ts"
import { type ConfiguredTunnel, ConfiguredTunnels } from "./ConfiguredTunnels.ts"
import { isCounted, ProgramLabels } from "./MetricsReaders.ts"

/** The metrics of one tunnel. */
export interface TunnelMetrics {
  readonly telemetry: TunnelTelemetry
  /** Takes every connection record of the tunnel, with its facts. */
  readonly record: (record: ConnectionRecord) => void
}

/** Running metrics. */
export interface RunningMetrics {
  /** What the status port shows. */
  readonly services: Context.Context<Metrics | Telemetry>
  readonly telemetry: Telemetry["Service"]
  readonly tunnel: (tunnel: ConfiguredTunnel) => TunnelMetrics
  /** Pushes pending OTLP data before a shutdown; takes at most a few seconds. */
  readonly flush: Effect.Effect<void>
}

/** Where metrics and connection records go; `running` is undefined if nothing reads them. */
export class MetricsExport extends Context.Service<MetricsExport, { readonly running: RunningMetrics | undefined }>()(
  "ghostunnel/MetricsExport"
) {
  /** Starts the metrics and every configured pusher. */
  static readonly layer = (
    config: ProcessConfig
  ): Layer.Layer<MetricsExport, StartError, ConfiguredTunnels | ConnectionStats | Log | Transport> =>
    Layer.unwrap(
      Effect.map(isCounted(config.process), (counted) =>
        counted ? running(config) : Layer.succeed(MetricsExport, { running: undefined })
      )
    )
}

/** Series of the only tunnel of a process need no name. */
const labelsOf = ({ tunnels }: ProcessConfig, { name }: ConfiguredTunnel) =>
  tunnels.length > 1 ? { tunnel: name } : {}

const running = (config: ProcessConfig) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const [{ Metrics }, { Telemetry }] = yield* Effect.promise(() =>
        Promise.all([import("../metrics/Metrics.ts"), import("../telemetry/Telemetry.ts")])
      )
      const { metrics } = config.process
      const labels = yield* ProgramLabels
      const context = yield* Effect.context<never>()
      const program = labels === undefined ? undefined : { context, labels }
      const families = Telemetry.layer({ prefix: metrics.prefix, identities: metrics.identities, program })
      const own = Layer.mergeAll(families, yield* pushers(config.process)).pipe(
        Layer.provideMerge(Metrics.layer(metrics))
      )
      // What a program embeds keeps its metrics apart from the program's: the status port and OTLP show these alone.
      const registry = labels === undefined ? Layer.empty : Layer.succeed(Metric.MetricRegistry, new Map())
      const exported = Layer.effect(
        MetricsExport,
        Effect.gen(function* () {
          const services = yield* Effect.context<Metrics | Telemetry>()
          const telemetry = yield* Telemetry
          const stats = yield* ConnectionStats
          const transport = yield* Transport
          const reader = yield* CurrentRecordReader
          const otlp = yield* otlpOf(config)
          const tunnel = (each: ConfiguredTunnel): TunnelMetrics => {
            const { mode, target } = each.settings
            const names = { mode, target: target.text }
            const of = telemetry.tunnel({
              stats: stats.tunnel(each.name),
              build: { version, runtime: `node${process.versions.node}`, mode, transport: transport.name },
              labels: labelsOf(config, each)
            })
            const read = reader?.(names)
            return {
              telemetry: of,
              record: (record) => {
                of.record(record)
                read?.(record)
                otlp?.record(record, names)
              }
            }
          }
          return { running: { services, telemetry, tunnel, flush: otlp?.flush ?? Effect.void } }
        })
      )
      return exported.pipe(Layer.provide(own), Layer.provide(registry))
    })
  )

/** Certificates that https pushes trust: those of the first tunnel. */
const trustAnchors = Effect.map(ConfiguredTunnels, ([{ first }]) => first.material.trustAnchors)

const pushers = Effect.fnUntraced(function* ({ metrics: { graphite, interval, postUrl } }: ProcessSettings) {
  const log = yield* Log
  const pushed = (line: string) => log.line("metrics_push", line)
  let all: Layer.Layer<never, never, Metrics> = Layer.empty
  if (graphite !== undefined) {
    const GraphitePusher = yield* Effect.promise(() => import("../metrics/GraphitePusher.ts"))
    all = Layer.merge(all, GraphitePusher.layer({ address: graphite, log: pushed }))
  }
  if (postUrl !== undefined) {
    const UrlPusher = yield* Effect.promise(() => import("../metrics/UrlPusher.ts"))
    const trusted = { url: Redacted.value(postUrl), interval, trustAnchors: yield* trustAnchors, log: pushed }
    all = Layer.merge(all, UrlPusher.layer(trusted))
  }
  return all
})

/** The OTLP exporter; undefined without one. It lives as long as the scope. */
const otlpOf = Effect.fnUntraced(function* ({ process: { metrics }, tunnels }: ProcessConfig) {
  const { interval, otlp } = metrics
  if (otlp === undefined) return undefined
  const log = yield* Log
  const { makeOtlp } = yield* Effect.promise(() => import("../telemetry/Otlp.ts"))
  const [{ settings }] = tunnels
  return yield* makeOtlp({
    endpoint: Redacted.value(otlp.endpoint),
    traces: otlp.traces,
    attributes: tunnels.length === 1 ? { "ghostunnel.mode": settings.mode } : {},
    interval,
    trustAnchors: yield* trustAnchors,
    env: process.env,
    announce: (line) => log.line("metrics", line),
    log: (line) => log.line("otlp", line)
  })
})
