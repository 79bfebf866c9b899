import { n as version, t as CurrentRecordReader } from "./lib-RecordReader-CFjUXZqS.mjs";
import { n as spanOf } from "./lib-ConnectionSpan-Cyn1FbW6.mjs";
import { Duration, Effect, Layer } from "effect";
import * as OtelMetrics from "@effect/opentelemetry/OtelMetrics";
import * as Resource from "@effect/opentelemetry/Resource";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
// src/opentelemetry.ts
/**
* Joins tunnels to the OpenTelemetry SDK of the program that embeds them. The program's own business are the SDK packages and
* where they send things; neither flags nor `OTEL_EXPORTER_*` variables are asked.
*
* @example
* const sdk = layer({ metricReader: new PeriodicExportingMetricReader({ .. }), spanProcessor: new BatchSpanProcessor(..) })
* const tunnel = layerServer(config).pipe(Layer.provide(sdk))
*/
const kinds = {
	internal: SpanKind.INTERNAL,
	server: SpanKind.SERVER,
	client: SpanKind.CLIENT
};
const start = (tracer, span, parent = ROOT_CONTEXT) => {
	const started = tracer.startSpan(span.name, {
		kind: kinds[span.kind],
		startTime: span.start,
		attributes: { ...span.attributes }
	}, parent);
	if (span.error !== void 0) started.setStatus({
		code: SpanStatusCode.ERROR,
		message: span.error
	});
	return started;
};
const readerInto = (tracer) => (tunnel) => (record) => {
	const span = spanOf(record, tunnel);
	if (span === void 0) return;
	const root = start(tracer, span);
	const below = trace.setSpan(ROOT_CONTEXT, root);
	for (const child of span.children) start(tracer, child, below).end(child.end);
	root.end(span.end);
};
/** A provider that lives as long as the scope. */
const tracerOf = (processor, shutdownTimeout) => Effect.gen(function* () {
	const resource = yield* Resource.Resource;
	return (yield* Effect.acquireRelease(Effect.sync(() => new BasicTracerProvider({
		resource,
		spanProcessors: [processor]
	})), (it) => Effect.promise(() => it.forceFlush().finally(() => it.shutdown())).pipe(Effect.ignoreCause, Effect.interruptible, Effect.timeoutOption(shutdownTimeout)))).getTracer("ghostunnel", version);
});
/**
* Metrics and spans of every tunnel that is built with this layer provided. It must outlive them, as it does when it is
* provided to their layers: the last spans come when a tunnel drains.
*/
const layer = (options) => {
	const { metricReader, shutdownTimeout = Duration.seconds(3), spanProcessor } = options;
	const spans = Layer.effect(CurrentRecordReader, Effect.gen(function* () {
		if (options.tracer !== void 0) return readerInto(options.tracer);
		if (spanProcessor === void 0) return () => () => {};
		return readerInto(yield* tracerOf(spanProcessor, shutdownTimeout));
	}));
	const metrics = metricReader === void 0 ? Layer.empty : OtelMetrics.layer(() => metricReader, { shutdownTimeout });
	return Layer.mergeAll(spans, metrics).pipe(Layer.provide(Resource.layerFromEnv(options.resource)));
};
export { layer };

//# sourceMappingURL=opentelemetry.mjs.map