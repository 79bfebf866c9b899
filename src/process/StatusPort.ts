/** The status port of a process. */
import { Context, Duration, Effect, Layer } from "effect"
import type { ProcessConfig } from "../config/ProcessConfig.ts"
import type { StatusConfig } from "../config/StatusConfig.ts"
import { revision } from "../config/Version.ts"
import type { ConnectionStats } from "../metrics/ConnectionStats.ts"
import { DataPlane } from "../proxy/DataPlane.ts"
import type { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { Sandbox } from "../runtime/Landlock.ts"
import type { Lifecycle } from "../runtime/Lifecycle.ts"
import type { Log } from "../runtime/Logging.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { profilingPages } from "../status/ProfilingPages.ts"
import type { Status } from "../status/Status.ts"
import { type Json, sandboxFacts, workerFacts } from "../status/StatusFacts.ts"
import type { StatusServer } from "../status/StatusServer.ts"
import { type ChainVerification, Transport } from "../transport/Transport.ts"
import { inherited } from "./Addresses.ts"
import { MetricsExport, type RunningMetrics } from "./MetricsExport.ts"
import { type RunningTunnel, RunningTunnels } from "./RunningTunnels.ts"
import { statusPage } from "./StatusPage.ts"

/** Who verifies chains, for `/_status`. */
const verified = (verification: ChainVerification) => ({
  chain_verification:
    verification.by === "paths"
      ? { by: "paths" }
      : { by: "node", reason: verification.why, handshakes_per_thread: verification.handshakes }
})

/** The code of the status port is loaded only where one is configured. */
const loadStatus = Effect.promise(() =>
  Promise.all([import("../status/StatusServer.ts"), import("../status/BackendCheck.ts")])
)

type Needs =
  | RunningTunnels
  | ConnectionStats
  | DataPlane
  | InheritedSockets
  | Lifecycle
  | Log
  | MetricsExport
  | Status
  | Transport

/** The status port; `server` is undefined if none is configured. Its certificate is that of the first tunnel. */
export class StatusPort extends Context.Service<StatusPort, { readonly server: StatusServer["Service"] | undefined }>()(
  "ghostunnel/StatusPort"
) {
  static readonly layer = ({ process }: ProcessConfig): Layer.Layer<StatusPort, StartError, Needs> =>
    Layer.unwrap(
      Effect.gen(function* () {
        const { running } = yield* MetricsExport
        const { status } = process
        if (status === undefined || running === undefined) return Layer.succeed(StatusPort, { server: undefined })
        return yield* portOf(status, running, process.shutdownTimeout)
      })
    )

  /** Loads the port's code while other things are waited for. */
  static readonly preload = ({ process }: ProcessConfig): Layer.Layer<never> =>
    process.status === undefined ? Layer.empty : Layer.effectDiscard(loadStatus)
}

/** What `/_status` says of each tunnel, where there are several. */
const tunnelFacts = (tunnels: ReadonlyArray<RunningTunnel>): Readonly<Record<string, Json>> => {
  if (tunnels.length < 2) return {}
  const facts = tunnels.map(({ certificateStatus, name, settings: { listen, mode, target } }): [string, Json] => [
    name,
    { mode, listen_address: listen.text, forward_address: target.text, ...certificateStatus?.facts() }
  ])
  return { tunnels: Object.fromEntries(facts) }
}

const portOf = Effect.fn("Process.statusPort")(function* (
  status: StatusConfig,
  running: RunningMetrics,
  shutdownTimeout: Duration.Duration
) {
  const tunnels = yield* RunningTunnels
  const [first] = tunnels
  const { own, plan, settings } = first
  const failed = ({ message }: { readonly message: string }) =>
    startError(
      message,
      `error: unable to bind on status port: ${message}`,
      `error serving /_status: ${message}`,
      `error from ${settings.mode} listen: ${message}`
    )
  const inheritedFd = yield* inherited(status.address, (message) => failed({ message }))
  const sandbox = sandboxFacts(yield* Sandbox)
  const plane = yield* DataPlane
  const { name: transport, verification } = yield* Transport
  const [{ StatusServer }, { BackendCheck }] = yield* loadStatus
  const probe = { target: plan.target, connectTimeout: settings.connectTimeout }
  const check =
    status.targetStatus !== undefined
      ? BackendCheck.layerHttp({ ...probe, url: status.targetStatus, roots: undefined })
      : settings.mode === "server"
        ? BackendCheck.layerConnect(probe)
        : BackendCheck.layerTls({ ...probe, via: plan.upstream, tls: own.client })
  const server = StatusServer.layer({
    inheritedFd,
    address: status.address,
    https: status.https,
    tls: settings.tls,
    material: first.first.material,
    connectTimeout: settings.connectTimeout,
    gracePeriod: Duration.min(Duration.seconds(5), shutdownTimeout),
    allowedHosts: status.allowedHosts,
    enableShutdown: status.enableShutdown,
    openMetrics: running.telemetry.page,
    profiling: yield* profilingPages(plane.profiled),
    page: status.page ? yield* statusPage(first, plane, running.telemetry.live) : undefined,
    facts: {
      listenAddress: settings.listen.text,
      forwardAddress: settings.target.text,
      revision,
      compiler: `node${process.versions.node}`
    },
    more: () => ({
      sandbox,
      workers: workerFacts(plane.threads()),
      transport,
      ...verified(verification),
      ...first.certificateStatus?.facts(),
      ...tunnelFacts(tunnels)
    })
  })
  return Layer.effect(
    StatusPort,
    Effect.map(StatusServer, (server) => ({ server }))
  ).pipe(
    Layer.provide(server.pipe(Layer.provide(check), Layer.provide(Layer.succeedContext(running.services)))),
    Layer.catchTag("BindError", (error) => Layer.effect(StatusPort, failed(error))),
    Layer.catchTag("TlsMaterialError", (error) => Layer.effect(StatusPort, failed(error)))
  )
})
