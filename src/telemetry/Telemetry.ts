/**
 * Metrics beyond those of the contract: families in Effect's metric registry for `/_metrics/openmetrics`, OTLP and an
 * embedder's OpenTelemetry SDK, and the live view of the status page. Built from connection records.
 */
import { Clock, Context, Effect, Layer, Metric } from "effect"
import type { CertificateExpiry } from "../credentials/CertificateExpiry.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import { FiberCount } from "../metrics/FiberCount.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { connectionMetrics } from "./ConnectionMetrics.ts"
import { IdentityMetrics } from "./IdentityMetrics.ts"
import { LiveView } from "./LiveView.ts"
import { tunnelNames } from "./Names.ts"
import { openMetrics, type TextFormat } from "./OpenMetrics.ts"
import { type Registration, Registry } from "./Registry.ts"
import { type FetchSeries, type ListSeries, registerRevocation } from "./RevocationMetrics.ts"
import { type PlaneFacts, registerPlane, registerRuntime, registerTunnel } from "./SampledMetrics.ts"

export interface TelemetryOptions {
  /** `--metrics-prefix`. */
  readonly prefix: string
  /** How many identities get their own series; 0: identities are not counted. */
  readonly identities: number
  /** Build facts: version, runtime, mode, transport. */
  readonly build: Readonly<Record<string, string>>
}

export class Telemetry extends Context.Service<
  Telemetry,
  {
    /** Accepts every connection record; the record must carry its facts. Cheap, and does not throw. */
    readonly record: (record: ConnectionRecord) => void
    /** Registers capacity and threads of this data plane. */
    readonly follow: (plane: PlaneFacts) => void
    /** Replaces the certificates to report; `expiredAuthorities` is the number of trusted authorities that have expired. */
    readonly certificates: (expiries: ReadonlyArray<CertificateExpiry>, expiredAuthorities: number) => void
    /** The revocation lists in use from now on, and where lists are fetched from. */
    readonly revocation: (lists: ReadonlyArray<ListSeries>, fetches: ReadonlyArray<FetchSeries>) => void
    /** Counts a reload by its result. */
    readonly reloaded: (succeeded: boolean) => void
    /** The body of `/_metrics/openmetrics`. */
    readonly page: (format: TextFormat) => string
    readonly live: LiveView
  }
>()("ghostunnel/Telemetry") {
  /** Registers everything in the metric registry of the context in which the layer is built. */
  static readonly layer = (options: TelemetryOptions): Layer.Layer<Telemetry, never, ConnectionStats> =>
    Layer.effect(
      Telemetry,
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const clock = yield* Clock.Clock
        const registry = new Registry(yield* Effect.context<never>())
        const names = tunnelNames(options.prefix)
        const fibers = yield* Metric.FiberRuntimeMetrics
        const ownFibers = () => (fibers instanceof FiberCount ? fibers.live : 0)
        registerTunnel(registry, names, stats, options.build)
        yield* registerRuntime(registry, names, () => ownFibers() + stats.fibers())

        const metrics = connectionMetrics(registry, names)
        const identities = new IdentityMetrics(registry, names, options.identities)
        const carried = () => ({ forwarded: stats.carried("forwarded"), returned: stats.carried("returned") })
        const live = new LiveView(carried, () => clock.currentTimeMillisUnsafe())
        const reloads = registry.counter(names.reloads)
        for (const result of ["success", "failure"]) reloads.record(0, { result })
        let lastReload = clock.currentTimeMillisUnsafe()
        registry.gauge(names.lastReload, () => lastReload / 1000)

        let certificates: ReadonlyArray<Registration> = []
        let revocation: ReadonlyArray<Registration> = []
        let expired = 0
        registry.gauge(names.expiredAuthorities, () => expired)
        return {
          record: (record) => {
            metrics(record)
            live.record(record)
            const { _tag, facts: known } = record
            if (known?.tls === undefined) return
            const identity = known.tls.subject ?? "none"
            if (_tag === "Opened") identities.opened(identity)
            else if (_tag === "Closed") identities.ended(identity, record.forwarded, record.returned)
            else if (_tag === "Aborted" && record.bytes !== undefined) {
              identities.ended(identity, record.bytes.forwarded, record.bytes.returned)
            }
          },
          follow: (plane) => registerPlane(registry, names, stats, plane),
          certificates: (expiries, expiredAuthorities) => {
            expired = expiredAuthorities
            for (const each of certificates) each.remove()
            certificates = expiries.map(({ notAfter, role, serial, subject }) =>
              registry.gauge(names.certificate, () => notAfter / 1000, { role, subject, serial })
            )
          },
          revocation: (lists, fetches) => {
            for (const each of revocation) each.remove()
            revocation = registerRevocation(registry, names, lists, fetches, () => clock.currentTimeMillisUnsafe())
          },
          reloaded: (succeeded) => {
            reloads.record(1, { result: succeeded ? "success" : "failure" })
            if (succeeded) lastReload = clock.currentTimeMillisUnsafe()
          },
          page: (format) => openMetrics(registry.snapshot(), format),
          live
        }
      })
    )
}
