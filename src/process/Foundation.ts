/** What the tunnels of a process stand on: the transport, its state, its connection metrics. */
import { Effect, Layer } from "effect"
import type { ProcessConfig, ProcessSettings } from "../config/ProcessConfig.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import { Log } from "../runtime/Logging.ts"
import { Native } from "../runtime/Native.ts"
import { observed, type ServiceNotify } from "../runtime/ServiceNotify.ts"
import { Status } from "../status/Status.ts"
import { Transport } from "../transport/Transport.ts"
import { chooseTransport, loadTransport } from "../transport/TransportChoice.ts"
import { isCounted } from "./MetricsReaders.ts"

/** The process's state. Each change is sent to the service manager before it takes effect. */
const notifyingStatus = ({ tunnels }: ProcessConfig): Layer.Layer<Status, never, ServiceNotify> => {
  const [{ settings }, ...others] = tunnels
  const { listen, mode, target } = settings
  const more = others.length === 0 ? "" : ` and ${others.length} more`
  return Layer.effect(
    Status,
    Effect.flatMap(Status, (status) => observed(status, { mode, listen: listen.text, target: target.text + more }))
  ).pipe(Layer.provide(Status.layer))
}

/** Warns if Node itself verifies certificate chains. */
const verificationNote = Layer.effectDiscard(
  Effect.gen(function* () {
    const { verification } = yield* Transport
    if (verification.by === "paths") return
    const { handshakes, why } = verification
    const log = yield* Log
    log.line(
      "chain_verification",
      `warning: Node verifies certificate chains by itself here (${why}): the first path it finds decides, ` +
        `and at most ${handshakes} handshakes run at a time on each thread (docs/trust.md)`
    )
  })
)

/** The configured transport, or Node's where the native one does not work. */
const transportLayer = ({ transport }: ProcessSettings): Layer.Layer<Transport, never, Log> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const log = yield* Log
      const { instead, name } = yield* Effect.promise(() => chooseTransport(transport))
      if (instead !== undefined)
        log.line("transport", `the native transport does not work here (${instead}): using Node's`)
      const layer = yield* Effect.promise(() => loadTransport(name))
      return Layer.merge(layer, Layer.provide(verificationNote, layer))
    })
  )

/** Connection metrics, if something reads them. */
const statsLayer = (settings: ProcessSettings): Layer.Layer<ConnectionStats> =>
  Layer.unwrap(
    Effect.map(isCounted(settings), (counted) => (counted ? ConnectionStats.layer : ConnectionStats.layerNone))
  )

export const foundation = (
  config: ProcessConfig
): Layer.Layer<Transport | Status | ConnectionStats | Native, never, Log | ServiceNotify> =>
  Layer.mergeAll(transportLayer(config.process), notifyingStatus(config), statsLayer(config.process), Native.layer)
