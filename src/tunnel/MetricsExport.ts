/** A tunnel's metrics and their exporters, loaded only if something reads them. */
import { Context, Effect, Layer, Redacted } from "effect"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { version } from "../config/Version.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { Metrics } from "../metrics/Metrics.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { Log } from "../runtime/Logging.ts"
import { CurrentRecordReader } from "../telemetry/RecordReader.ts"
import { Transport } from "../transport/Transport.ts"

/** Whether the configuration has a reader of metrics: the status port, Graphite, a push URL or OTLP. */
export const isMetered = ({ metrics, status }: TunnelConfig): boolean =>
  status !== undefined || metrics.graphite !== undefined || metrics.postUrl !== undefined || metrics.otlp !== undefined

/** Whether to record metrics: the configuration or the embedding program reads them. */
export const isCounted = (config: TunnelConfig): Effect.Effect<boolean> =>
  Effect.map(CurrentRecordReader, (reader) => isMetered(config) || reader !== undefined)

/** Whether to deliver connection records: the status port, OTLP or the embedding program reads them. */
export const isObserved = ({ metrics, status }: TunnelConfig): Effect.Effect<boolean> =>
  Effect.map(
    CurrentRecordReader,
    (reader) => status !== undefined || metrics.otlp !== undefined || reader !== undefined
  )

/** Starts the metrics, Telemetry and every configured pusher. Call it only if metrics are read. */
export const startMetricsExport = Effect.fn("Ghostunnel.startMetricsExport")(function* (config: TunnelConfig) {
  const { metrics, mode, target } = config
  const log = yield* Log
  const pushed = (line: string) => log.line("metrics_push", line)
  const otlpLog = {
    announce: (line: string) => log.line("metrics", line),
    log: (line: string) => log.line("otlp", line)
  }
  const credentials = yield* Credentials
  const transport = yield* Transport
  const { graphite, interval, otlp, postUrl } = metrics
  const [{ Metrics }, { Telemetry }] = yield* Effect.promise(() =>
    Promise.all([import("../metrics/Metrics.ts"), import("../telemetry/Telemetry.ts")])
  )
  const pushers: Array<Layer.Layer<never, never, Metrics>> = []
  if (graphite !== undefined) {
    const GraphitePusher = yield* Effect.promise(() => import("../metrics/GraphitePusher.ts"))
    pushers.push(GraphitePusher.layer({ address: graphite, log: pushed }))
  }
  if (postUrl !== undefined) {
    const UrlPusher = yield* Effect.promise(() => import("../metrics/UrlPusher.ts"))
    const { trustAnchors } = credentials.current()
    pushers.push(UrlPusher.layer({ url: Redacted.value(postUrl), interval, trustAnchors, log: pushed }))
  }
  const families = Telemetry.layer({
    prefix: metrics.prefix,
    identities: metrics.identities,
    build: { version, runtime: `node${process.versions.node}`, mode, transport: transport.name }
  })
  const all = Layer.mergeAll(families, ...pushers).pipe(Layer.provideMerge(Metrics.layer(metrics)))
  const services = yield* Layer.build(all)
  const telemetry = Context.get(services, Telemetry)
  const takes = [telemetry.record]
  const names = { mode, target: target.text }
  const reader = yield* CurrentRecordReader
  if (reader !== undefined) takes.push(reader(names))
  let flush: Effect.Effect<void> = Effect.void
  if (otlp !== undefined) {
    const { Otlp } = yield* Effect.promise(() => import("../telemetry/Otlp.ts"))
    const { trustAnchors } = credentials.current()
    const endpoint = Redacted.value(otlp.endpoint)
    const layer = Otlp.layer({ ...otlp, ...names, endpoint, interval, trustAnchors, env: process.env, ...otlpLog })
    const exporter = Context.get(yield* Layer.build(layer), Otlp)
    takes.push(exporter.record)
    flush = exporter.flush
  }
  return {
    services,
    telemetry,
    /** Takes every connection record. */
    record: (record: ConnectionRecord) => {
      for (const take of takes) take(record)
    },
    /** Pushes pending OTLP data before a shutdown; takes at most a few seconds. */
    flush
  }
})

/** The running metrics: services for the status port, and the consumer of connection records. */
export type MetricsExport = Effect.Success<ReturnType<typeof startMetricsExport>>
