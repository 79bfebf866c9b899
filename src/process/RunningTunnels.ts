/** The tunnels of a process on its data plane: bound, and accepting nothing yet. */
import { Context, Effect, Layer, type Scope } from "effect"
import type { ProcessConfig, ProcessSettings } from "../config/ProcessConfig.ts"
import * as ConnectionLog from "../proxy/ConnectionLog.ts"
import type { ConnectionRecord, RecordInterest } from "../proxy/ConnectionRecord.ts"
import { DataPlane, type TunnelPlane } from "../proxy/DataPlane.ts"
import { Log } from "../runtime/Logging.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { CertificateStatus } from "./CertificateStatus.ts"
import { type ConfiguredTunnel, ConfiguredTunnels } from "./ConfiguredTunnels.ts"
import { MetricsExport } from "./MetricsExport.ts"
import { isObserved } from "./MetricsReaders.ts"
import { bindFailed } from "./PlaneLayer.ts"

/** A tunnel that is bound. */
export interface RunningTunnel extends ConfiguredTunnel {
  readonly plane: TunnelPlane
  /** Undefined if nothing reads metrics. */
  readonly certificateStatus: CertificateStatus | undefined
}

/** Which records the readers of a tunnel want. `observed`: whether metrics or spans are made of them. */
const interestOf = ({ logFormat, quiet }: ProcessSettings, observed: boolean): RecordInterest =>
  observed
    ? { pipes: true, facts: true, unhurried: quiet.some((each) => each === "conns" || each === "all") }
    : ConnectionLog.interestOf(quiet, logFormat)

/** Binds a tunnel's address. Closing the scope removes the tunnel and cuts its connections. */
export const runTunnel: (
  tunnel: ConfiguredTunnel,
  settings: ProcessSettings
) => Effect.Effect<RunningTunnel, StartError, DataPlane | Log | MetricsExport | Scope.Scope> = Effect.fn(
  "Process.runTunnel"
)(function* (tunnel: ConfiguredTunnel, settings: ProcessSettings) {
  const { first, name, plan } = tunnel
  const log = yield* Log
  const dataPlane = yield* DataPlane
  const { running } = yield* MetricsExport
  const metrics = running?.tunnel(tunnel)
  const observe = (yield* isObserved(settings)) ? metrics?.record : undefined
  const logged = ConnectionLog.sink(log.line, settings.quiet, settings.logFormat, tunnel.settings.target.text)
  const { maxConcurrentConnections } = tunnel.settings
  const plane = yield* dataPlane
    .add({
      ...{ name, maxConcurrentConnections },
      proxy: plan,
      material: first.material,
      record: (each: ConnectionRecord) => {
        logged(each)
        observe?.(each)
      },
      interest: interestOf(settings, observe !== undefined)
    })
    .pipe(
      Effect.catchTags({
        BindError: ({ message }) => Effect.fail(bindFailed(tunnel.settings, message)),
        TlsMaterialError: ({ message }) =>
          Effect.fail(startError(message, `error: unable to load certificates: ${message}`))
      })
    )
  metrics?.telemetry.slots({ maxConcurrentConnections, slotsTaken: plane.slotsTaken })
  const certificateStatus =
    metrics === undefined ? undefined : new CertificateStatus(first, tunnel.credentials.fetched, metrics.telemetry)
  return { ...tunnel, plane, certificateStatus }
})

/** In the order of the configuration. */
export class RunningTunnels extends Context.Service<
  RunningTunnels,
  readonly [RunningTunnel, ...ReadonlyArray<RunningTunnel>]
>()("ghostunnel/RunningTunnels") {
  static readonly layer = (
    config: ProcessConfig
  ): Layer.Layer<RunningTunnels, StartError, ConfiguredTunnels | DataPlane | Log | MetricsExport> =>
    Layer.effect(
      RunningTunnels,
      Effect.gen(function* () {
        const [head, ...tail] = yield* ConfiguredTunnels
        const { running } = yield* MetricsExport
        running?.telemetry.follow(yield* DataPlane)
        const first = yield* runTunnel(head, config.process)
        return [first, ...(yield* Effect.forEach(tail, (each) => runTunnel(each, config.process)))]
      })
    )
}
