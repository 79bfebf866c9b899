/** Pushes the metric registry to a collector: Effect's exporter over our HTTP client, with the configured settings. */
import { ConfigProvider, Effect, type Scope } from "effect"
import * as HttpClient from "effect/http/HttpClient"
import { HttpClientError, TransportError } from "effect/http/HttpClientError"
import { fromWeb } from "effect/http/HttpClientResponse"
import { Flusher } from "effect/observability/OtlpExporter"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import { OtlpSerialization } from "effect/observability/OtlpSerialization"
import type { Send } from "./Collector.ts"
import type { Origin } from "./Encode.ts"
import type { Settings } from "./Settings.ts"
import type { SignalLog } from "./SignalLog.ts"

/** Metric names end with their unit (`Names.ts`). */
const unitOf = (name: string): string => (name.endsWith("_seconds") ? "s" : name.endsWith("_bytes") ? "By" : "1")

const improved =
  (scope: Origin["scope"]) =>
  (data: OtlpMetrics.MetricsData): OtlpMetrics.MetricsData => ({
    resourceMetrics: data.resourceMetrics.map((resource) => ({
      ...resource,
      scopeMetrics: resource.scopeMetrics.map((each) => ({
        ...each,
        scope,
        metrics: each.metrics.map((metric) => ({ ...metric, unit: unitOf(metric.name) }))
      }))
    }))
  })

/** Pushes the registry of the context it runs in, every interval, while its scope is open. `flush` pushes at once. */
export const pushRegistry = Effect.fnUntraced(function* (
  settings: NonNullable<Settings["metrics"]>,
  resource: Settings["resource"],
  scope: Origin["scope"],
  serialization: OtlpSerialization["Service"],
  send: Send,
  log: SignalLog
): Effect.fn.Return<{ readonly flush: Effect.Effect<void> }, never, Scope.Scope> {
  let pushNow: Effect.Effect<void> = Effect.void
  let over = false
  const client = HttpClient.make((request) => {
    const { body } = request
    const done = Effect.sync(() => fromWeb(request, new Response(null, { status: 204 })))
    if (body._tag !== "Uint8Array" || over) return done
    return send(settings, { contentType: body.contentType, bytes: body.body }).pipe(
      Effect.tap(() => Effect.sync(log.succeeded)),
      Effect.tapError(({ message }) => Effect.sync(() => log.failed(message))),
      Effect.matchEffect({
        onSuccess: () => done,
        // With cumulative temporality the next totals make up for a lost push, so report success. Delta values would be lost:
        // report the failure, so that Effect's exporter keeps them (it then pauses for a minute).
        onFailure: ({ message }) =>
          settings.temporality === "cumulative"
            ? done
            : Effect.fail(new HttpClientError({ reason: new TransportError({ request, description: message }) }))
      })
    )
  })
  yield* OtlpMetrics.make({
    url: `${settings.url.origin}${settings.url.pathname}`,
    resource,
    exportInterval: settings.interval,
    // The tunnel flushes before it stops.
    shutdownTimeout: 0,
    temporality: settings.temporality
  }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provideService(OtlpSerialization, {
      ...serialization,
      metrics: (data) => serialization.metrics(improved(scope)(data))
    }),
    Effect.provideService(Flusher, {
      flush: Effect.suspend(() => pushNow),
      register: (run) =>
        Effect.sync(() => {
          pushNow = run
        })
    }),
    // The settings are resolved already; Effect must not read the environment again.
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({}))
  )
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      over = true
    })
  )
  return { flush: Effect.suspend(() => pushNow) }
})
