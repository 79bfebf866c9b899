/** The status port of a tunnel, composed. */
import { Context, Duration, Effect, Layer } from "effect"
import type { StatusConfig } from "../config/StatusConfig.ts"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { revision } from "../config/Version.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { DataPlane } from "../proxy/DataPlane.ts"
import type { Plan } from "../proxy/Plan.ts"
import { Sandbox } from "../runtime/Landlock.ts"
import { startError } from "../runtime/StartError.ts"
import { profilingPages } from "../status/ProfilingPages.ts"
import { sandboxFacts, workerFacts } from "../status/StatusFacts.ts"
import { type ChainVerification, Transport } from "../transport/Transport.ts"
import { inherited } from "./Addresses.ts"
import type { CertificateStatus } from "./CertificateStatus.ts"
import type { OwnTls } from "./Material.ts"
import type { MetricsExport } from "./MetricsExport.ts"
import { statusPage } from "./StatusPage.ts"

/** Who verifies chains, for `/_status`. */
const verified = (verification: ChainVerification) => ({
  chain_verification:
    verification.by === "paths"
      ? { by: "paths" }
      : { by: "node", reason: verification.why, handshakes_per_thread: verification.handshakes }
})

/** The code of the status port is loaded only where one is configured. */
export const loadStatus = Effect.promise(() =>
  Promise.all([import("../status/StatusServer.ts"), import("../status/BackendCheck.ts")])
)

/** What the status port shows and asks. */
export interface StatusParts {
  readonly proxy: Plan
  readonly own: OwnTls
  readonly plane: DataPlane["Service"]
  readonly metricsExport: MetricsExport
  readonly certificateStatus: CertificateStatus
}

/** The status port. */
export const openStatus = Effect.fn("Ghostunnel.openStatus")(function* (
  config: TunnelConfig,
  status: StatusConfig,
  { metricsExport, own, plane, proxy, certificateStatus }: StatusParts
) {
  const failed = ({ message }: { readonly message: string }) =>
    startError(
      message,
      `error: unable to bind on status port: ${message}`,
      `error serving /_status: ${message}`,
      `error from ${config.mode} listen: ${message}`
    )
  const inheritedFd = yield* inherited(status.address, (message) => failed({ message }))
  const credentials = yield* Credentials
  const sandbox = sandboxFacts(yield* Sandbox)
  const { name: transport, verification } = yield* Transport
  const [{ StatusServer }, { BackendCheck }] = yield* loadStatus
  const probe = { target: proxy.target, connectTimeout: config.connectTimeout }
  const check =
    status.targetStatus !== undefined
      ? BackendCheck.layerHttp({ ...probe, url: status.targetStatus, roots: undefined })
      : config.mode === "server"
        ? BackendCheck.layerConnect(probe)
        : BackendCheck.layerTls({
            ...probe,
            via: proxy.upstream,
            tls: own.client
          })
  const server = StatusServer.layer({
    inheritedFd,
    address: status.address,
    https: status.https,
    tls: config.tls,
    material: credentials.current(),
    connectTimeout: config.connectTimeout,
    gracePeriod: Duration.min(Duration.seconds(5), config.shutdownTimeout),
    allowedHosts: status.allowedHosts,
    enableShutdown: status.enableShutdown,
    openMetrics: metricsExport.telemetry.page,
    profiling: yield* profilingPages(plane.profiled),
    page: yield* statusPage(config, status, { metricsExport, plane, certificateStatus }),
    facts: {
      listenAddress: config.listen.text,
      forwardAddress: config.target.text,
      revision,
      compiler: `node${process.versions.node}`
    },
    more: () => ({
      sandbox,
      workers: workerFacts(plane.threads()),
      transport,
      ...verified(verification),
      ...certificateStatus.facts()
    })
  })
  const context = yield* Layer.build(server.pipe(Layer.provide(check))).pipe(
    Effect.provideContext(metricsExport.services),
    Effect.mapError(failed)
  )
  return Context.get(context, StatusServer)
})
