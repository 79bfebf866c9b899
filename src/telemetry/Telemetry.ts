/**
 * Metrics beyond those of the Go program: families in Effect's metric registry for `/_metrics/openmetrics`, OTLP and an
 * embedder's OpenTelemetry SDK, and the live view of the status page. Built from connection records.
 */
import { Clock, Context, Effect, Layer, Metric } from "effect"
import type { CertificateExpiry } from "../credentials/CertificateExpiry.ts"
import { ConnectionStats, type StatsReader } from "../metrics/ConnectionStats.ts"
import { FiberCount } from "../metrics/FiberCount.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { connectionMetrics } from "./ConnectionMetrics.ts"
import { IdentityMetrics } from "./IdentityMetrics.ts"
import { LiveView } from "./LiveView.ts"
import { tunnelNames } from "./Names.ts"
import { openMetrics, type TextFormat } from "./OpenMetrics.ts"
import { type Labels, type Registration, Registry, type RegistryTarget } from "./Registry.ts"
import { type FetchSeries, type ListSeries, registerRevocation } from "./RevocationMetrics.ts"
import {
  type PlaneFacts,
  registerPlane,
  registerRuntime,
  registerSlots,
  registerTunnel,
  type SlotFacts
} from "./SampledMetrics.ts"

export interface TelemetryOptions {
  /** `--metrics-prefix`. */
  readonly prefix: string
  /** How many identities get their own series; 0: identities are not counted. */
  readonly identities: number
  /** The metric registry of the program that embeds the process, which gets every series too. */
  readonly program?: RegistryTarget | undefined
}

/** A tunnel whose metrics are kept. */
export interface TunnelFacts {
  readonly stats: StatsReader
  /** Build facts: version, runtime, mode, transport. */
  readonly build: Labels
  /** Labels of all its series. */
  readonly labels: Labels
}

/** The metrics of one tunnel. */
export interface TunnelTelemetry {
  /** Accepts every connection record; the record must carry its facts. Cheap, and does not throw. */
  readonly record: (record: ConnectionRecord) => void
  /** Registers the tunnel's capacity, if it is limited. */
  readonly slots: (slots: SlotFacts) => void
  /** Replaces the certificates to report; `expiredAuthorities` is the number of trusted authorities that have expired. */
  readonly certificates: (expiries: ReadonlyArray<CertificateExpiry>, expiredAuthorities: number) => void
  /** The revocation lists in use from now on, and where lists are fetched from. */
  readonly revocation: (lists: ReadonlyArray<ListSeries>, fetches: ReadonlyArray<FetchSeries>) => void
  /** Counts a reload by its result. */
  readonly reloaded: (succeeded: boolean) => void
}

export class Telemetry extends Context.Service<
  Telemetry,
  {
    /** Registers the threads of this data plane. */
    readonly follow: (plane: PlaneFacts) => void
    /** Registers a tunnel. */
    readonly tunnel: (facts: TunnelFacts) => TunnelTelemetry
    /** The body of `/_metrics/openmetrics`. */
    readonly page: (format: TextFormat) => string
    /** What the status page shows of all tunnels. */
    readonly live: LiveView
  }
>()("ghostunnel/Telemetry") {
  /**
   * Registers everything in the metric registry of the context in which the layer is built, and in the program's. The last
   * values stay there for exporters that outlive the layer; a later tunnel with the same labels continues the series.
   */
  static readonly layer = (options: TelemetryOptions): Layer.Layer<Telemetry, never, ConnectionStats> =>
    Layer.effect(
      Telemetry,
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const clock = yield* Clock.Clock
        const now = () => clock.currentTimeMillisUnsafe()
        const own = { context: yield* Effect.context<never>(), labels: {} }
        const registry = new Registry(options.program === undefined ? [own] : [own, options.program])
        const names = tunnelNames(options.prefix)
        const fibers = yield* Metric.FiberRuntimeMetrics
        const ownFibers = () => (fibers instanceof FiberCount ? fibers.live : 0)
        yield* registerRuntime(registry, names, () => ownFibers() + stats.fibers())
        const carried = () => ({ forwarded: stats.carried("forwarded"), returned: stats.carried("returned") })
        const live = new LiveView(carried, now)
        return {
          follow: (plane) => registerPlane(registry, names, stats, plane),
          tunnel: (facts) => makeTunnel(registry.labelled(facts.labels), names, facts, options.identities, live, now),
          page: (format) => openMetrics(registry.snapshot(), format),
          live
        }
      })
    )
}

const makeTunnel = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  facts: TunnelFacts,
  limit: number,
  live: LiveView,
  now: () => number
): TunnelTelemetry => {
  registerTunnel(registry, names, facts.stats, facts.build)
  const metrics = connectionMetrics(registry, names)
  const identities = new IdentityMetrics(registry, names, limit)
  const reloads = registry.counter(names.reloads)
  for (const result of ["success", "failure"]) reloads.record(0, { result })
  let lastReload = now()
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
    slots: (slots) => registerSlots(registry, names, slots),
    certificates: (expiries, expiredAuthorities) => {
      expired = expiredAuthorities
      for (const each of certificates) each.remove()
      certificates = expiries.map(({ notAfter, role, serial, subject }) =>
        registry.gauge(names.certificate, () => notAfter / 1000, { role, subject, serial })
      )
    },
    revocation: (lists, fetches) => {
      for (const each of revocation) each.remove()
      revocation = registerRevocation(registry, names, lists, fetches, now)
    },
    reloaded: (succeeded) => {
      reloads.record(1, { result: succeeded ? "success" : "failure" })
      if (succeeded) lastReload = now()
    }
  }
}
