/** The metric registry on its way to a collector: Effect's exporter, over a connection of ours and told what it cannot know. */
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

/** Our names end with their unit (`Names.ts`). */
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

/**
 * Pushes what is in the registry of the context it runs in, every interval, while its scope is open. `flush` pushes at
 * once.
 */
export const exportMetrics = Effect.fnUntraced(function* (
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
        // The next totals make up for those that did not arrive. Differences would be lost: Effect's exporter keeps them, at
        // the price of its pause of a minute.
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
    // Whoever stops the tunnel has flushed before.
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
    // Everything is settled: the environment must not be asked a second time.
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({}))
  )
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      over = true
    })
  )
  return { flush: Effect.suspend(() => pushNow) }
})
