/** Composes the status page for browsers; its code is loaded only if the page is enabled. */
import { Effect } from "effect"
import type { StatusConfig } from "../config/StatusConfig.ts"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { revision } from "../config/Version.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { DataPlane } from "../proxy/DataPlane.ts"
import { Sandbox } from "../runtime/Landlock.ts"
import type { CertificateStatus } from "./CertificateStatus.ts"
import type { MetricsExport } from "./MetricsExport.ts"

/** The page's routes; undefined if the page is disabled. */
export const statusPage = Effect.fnUntraced(function* (
  { listen, mode, target }: TunnelConfig,
  status: StatusConfig,
  parts: {
    readonly plane: DataPlane["Service"]
    readonly metricsExport: MetricsExport
    readonly certificateStatus: CertificateStatus
  }
) {
  if (!status.page) return undefined
  const { metricsExport, plane, certificateStatus } = parts
  const stats = yield* ConnectionStats
  const { pageRoutes } = yield* Effect.promise(() => import("../status/page/PageRoutes.ts"))
  return yield* pageRoutes({
    facts: { mode, listen: listen.text, target: target.text, version: revision, sandbox: yield* Sandbox },
    live: metricsExport.telemetry.live,
    totals: () => ({
      open: stats.read("conn.open"),
      established: stats.read("accept.success"),
      refused: stats.read("accept.error"),
      forwarded: stats.carried("forwarded"),
      returned: stats.carried("returned")
    }),
    certificates: () => certificateStatus.certificates,
    reloadError: () => certificateStatus.lastError,
    threads: plane.threads
  })
})
