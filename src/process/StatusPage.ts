/** The status page for browsers; its code is loaded only if the page is enabled. */
import { Effect } from "effect"
import { revision } from "../config/Version.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { DataPlane } from "../proxy/DataPlane.ts"
import { Sandbox } from "../runtime/Landlock.ts"
import type { LiveView } from "../telemetry/LiveView.ts"
import type { RunningTunnel } from "./RunningTunnels.ts"

/** The page's routes. */
export const statusPage = Effect.fnUntraced(function* (
  { certificateStatus, settings: { listen, mode, target } }: RunningTunnel,
  plane: DataPlane["Service"],
  live: LiveView
) {
  const stats = yield* ConnectionStats
  const { pageRoutes } = yield* Effect.promise(() => import("../status/page/PageRoutes.ts"))
  return yield* pageRoutes({
    facts: { mode, listen: listen.text, target: target.text, version: revision, sandbox: yield* Sandbox },
    live,
    totals: () => ({
      open: stats.read("conn.open"),
      established: stats.read("accept.success"),
      refused: stats.read("accept.error"),
      forwarded: stats.carried("forwarded"),
      returned: stats.carried("returned")
    }),
    certificates: () => certificateStatus?.certificates ?? [],
    reloadError: () => certificateStatus?.lastError,
    threads: plane.threads
  })
})
