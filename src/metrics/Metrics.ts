/** The metrics of this process in every format, for the status port and the pushers. */

import { hostname } from "node:os"
import { Clock, Context, type Duration, Effect, Layer } from "effect"
import { ConnectionStats } from "./ConnectionStats.ts"
import { graphite } from "./GraphiteMetrics.ts"
import { json } from "./JsonMetrics.ts"
import { processFamilies } from "./ProcessMetrics.ts"
import { prometheus } from "./PrometheusMetrics.ts"
import { type Report, report } from "./Report.ts"
import { RuntimeMetrics } from "./RuntimeMetrics.ts"

/** Synchronous calls, safe at any time; each drains all pending observations first. */
export class Metrics extends Context.Service<
  Metrics,
  {
    /** Names, kinds and values, for any exporter. */
    readonly report: () => Report
    /** The body of `/_metrics/json` (docs/compatibility/status-and-metrics.md, 5). */
    readonly json: () => string
    /** The body of `/_metrics/prometheus` (section 6). */
    readonly prometheus: () => string
    /** The lines of a Graphite push (section 8). */
    readonly graphite: () => string
  }
>()("ghostunnel/Metrics") {
  /** `prefix` is `--metrics-prefix`; `interval` is how often runtime gauges are refreshed, zero or negative for never. */
  static readonly layer = (options: {
    readonly prefix: string
    readonly interval: Duration.Duration
  }): Layer.Layer<Metrics, never, ConnectionStats> =>
    Layer.effect(
      Metrics,
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const runtime = yield* RuntimeMetrics
        const clock = yield* Clock.Clock
        const host = hostname()
        const current = (): Report =>
          report({
            prefix: options.prefix,
            hostname: host,
            time: clock.currentTimeMillisUnsafe(),
            counter: stats.read,
            timer: stats.timer,
            gauges: runtime.gauges(),
            gcDurations: runtime.gcDurations()
          })
        return {
          report: current,
          json: () => json(current()),
          prometheus: () => prometheus(current(), processFamilies()),
          graphite: () => graphite(current())
        }
      })
    ).pipe(
      Layer.provide(
        Layer.unwrap(Effect.map(ConnectionStats, (stats) => RuntimeMetrics.layer(options.interval, stats.fibers)))
      )
    )
}
