/** The numbers of a tunnel and where they are pushed; nothing of it exists where nobody wants them. */
import { Context, Effect, Layer, Redacted } from "effect"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { version } from "../config/Version.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { Metrics } from "../metrics/Metrics.ts"
import { Log } from "../runtime/Logging.ts"
import { Transport } from "../transport/Transport.ts"

/** Whether anyone reads the numbers: else none are kept. */
export const isMetered = ({ metrics, status }: TunnelConfig): boolean =>
  status !== undefined || metrics.graphite !== undefined || metrics.postUrl !== undefined

/** Whether anyone reads more than the contract's numbers. */
export const isObserved = ({ status }: TunnelConfig): boolean => status !== undefined

/** The numbers for whoever shows them, already on their way to where they are pushed; only where somebody wants them. */
export const openNumbers = Effect.fn("Ghostunnel.openNumbers")(function* (config: TunnelConfig) {
  const { metrics, mode } = config
  const log = yield* Log
  const credentials = yield* Credentials
  const transport = yield* Transport
  const { graphite, interval, postUrl } = metrics
  const [{ Metrics }, { Telemetry }] = yield* Effect.promise(() =>
    Promise.all([import("../metrics/Metrics.ts"), import("../telemetry/Telemetry.ts")])
  )
  const pushers: Array<Layer.Layer<never, never, Metrics>> = []
  if (graphite !== undefined) {
    const GraphitePusher = yield* Effect.promise(() => import("../metrics/GraphitePusher.ts"))
    pushers.push(GraphitePusher.layer({ address: graphite, log: log.line }))
  }
  if (postUrl !== undefined) {
    const UrlPusher = yield* Effect.promise(() => import("../metrics/UrlPusher.ts"))
    const { trustAnchors } = credentials.current()
    pushers.push(UrlPusher.layer({ url: Redacted.value(postUrl), interval, trustAnchors, log: log.line }))
  }
  const telemetry = Telemetry.layer({
    prefix: metrics.prefix,
    identities: metrics.identities,
    build: { version, runtime: `node${process.versions.node}`, mode, transport: transport.name }
  })
  const all = Layer.mergeAll(telemetry, ...pushers).pipe(Layer.provideMerge(Metrics.layer(metrics)))
  const services = yield* Layer.build(all)
  return { services, telemetry: Context.get(services, Telemetry) }
})

/** What shows and pushes them. */
export type Numbers = Effect.Success<ReturnType<typeof openNumbers>>
