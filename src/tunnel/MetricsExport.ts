/** The numbers of a tunnel and where they are pushed; nothing of it exists where nobody wants them. */
import { Context, Effect, Layer, Redacted } from "effect"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { version } from "../config/Version.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { Metrics } from "../metrics/Metrics.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { Log } from "../runtime/Logging.ts"
import { CurrentRecordReader } from "../telemetry/RecordReader.ts"
import { Transport } from "../transport/Transport.ts"

/** Whether anyone reads the numbers: else none are kept. */
export const isMetered = ({ metrics, status }: TunnelConfig): boolean =>
  status !== undefined || metrics.graphite !== undefined || metrics.postUrl !== undefined || metrics.otlp !== undefined

/** Whether numbers are kept: somebody reads them, or the embedding program does. */
export const isCounted = (config: TunnelConfig): Effect.Effect<boolean> =>
  Effect.map(CurrentRecordReader, (reader) => isMetered(config) || reader !== undefined)

/** Whether anyone hears of each connection: the status port's pages beside the contract's, OTLP, the embedding program. */
export const isObserved = ({ metrics, status }: TunnelConfig): Effect.Effect<boolean> =>
  Effect.map(
    CurrentRecordReader,
    (reader) => status !== undefined || metrics.otlp !== undefined || reader !== undefined
  )

/** The numbers for whoever shows them, already on their way to where they are pushed; only where somebody wants them. */
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
    /** Last words on the way to a shutdown; bounded. */
    flush
  }
})

/** What shows and pushes them. */
export type MetricsExport = Effect.Success<ReturnType<typeof startMetricsExport>>
