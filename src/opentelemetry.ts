/**
 * Joins tunnels to the OpenTelemetry SDK of the program that embeds them. The program's own business are the SDK packages and
 * where they send things; neither flags nor `OTEL_EXPORTER_*` variables are asked.
 *
 * @example
 * const sdk = layer({ metricReader: new PeriodicExportingMetricReader({ .. }), spanProcessor: new BatchSpanProcessor(..) })
 * const tunnel = layerServer(config).pipe(Layer.provide(sdk))
 */
import * as OtelMetrics from "@effect/opentelemetry/OtelMetrics"
import * as Resource from "@effect/opentelemetry/Resource"
import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api"
import type { MetricReader } from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Duration, Effect, Layer } from "effect"
import { version } from "./config/Version.ts"
import { type Span, spanOf } from "./telemetry/ConnectionSpan.ts"
import { CurrentRecordReader, type RecordReader } from "./telemetry/RecordReader.ts"

/** What the program brings. */
export interface OpenTelemetryOptions {
  /** Reads Effect's metric registry: the tunnels' families, and whatever else is in it. Shut down with the layer. */
  readonly metricReader?: MetricReader
  /** Gets the spans of connections when they have ended. Flushed and shut down with the layer. */
  readonly spanProcessor?: SpanProcessor
  /** Gets them instead of a provider made around `spanProcessor`; stays the program's. */
  readonly tracer?: Tracer
  /** Who the program is; overrules `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Attributes
  /** How long the end of the layer may wait for the last export (default 3 s). */
  readonly shutdownTimeout?: Duration.Input
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

const start = (tracer: Tracer, span: Span, parent = ROOT_CONTEXT) => {
  const started = tracer.startSpan(
    span.name,
    { kind: kinds[span.kind], startTime: span.start, attributes: { ...span.attributes } },
    parent
  )
  if (span.error !== undefined) started.setStatus({ code: SpanStatusCode.ERROR, message: span.error })
  return started
}

const readerInto =
  (tracer: Tracer): RecordReader =>
  (tunnel) =>
  (record) => {
    const span = spanOf(record, tunnel)
    if (span === undefined) return
    const root = start(tracer, span)
    const below = trace.setSpan(ROOT_CONTEXT, root)
    for (const child of span.children) start(tracer, child, below).end(child.end)
    root.end(span.end)
  }

/** A provider that lives as long as the scope. */
const tracerOf = (processor: SpanProcessor, shutdownTimeout: Duration.Input) =>
  Effect.gen(function* () {
    const resource = yield* Resource.Resource
    const provider = yield* Effect.acquireRelease(
      Effect.sync(() => new BasicTracerProvider({ resource, spanProcessors: [processor] })),
      (it) =>
        Effect.promise(() => it.forceFlush().finally(() => it.shutdown())).pipe(
          Effect.ignoreCause,
          Effect.interruptible,
          Effect.timeoutOption(shutdownTimeout)
        )
    )
    return provider.getTracer("ghostunnel", version)
  })

/**
 * Metrics and spans of every tunnel that is built with this layer provided. It must outlive them, as it does when it is
 * provided to their layers: the last spans come when a tunnel drains.
 */
export const layer = (options: OpenTelemetryOptions): Layer.Layer<never> => {
  const { metricReader, shutdownTimeout = Duration.seconds(3), spanProcessor } = options
  const spans = Layer.effect(
    CurrentRecordReader,
    Effect.gen(function* () {
      if (options.tracer !== undefined) return readerInto(options.tracer)
      if (spanProcessor === undefined) return () => () => {}
      return readerInto(yield* tracerOf(spanProcessor, shutdownTimeout))
    })
  )
  const metrics = metricReader === undefined ? Layer.empty : OtelMetrics.layer(() => metricReader, { shutdownTimeout })
  return Layer.mergeAll(spans, metrics).pipe(Layer.provide(Resource.layerFromEnv(options.resource)))
}
