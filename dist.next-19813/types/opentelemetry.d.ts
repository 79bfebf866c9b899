import { type Attributes, type Tracer } from "@opentelemetry/api";
import type { MetricReader } from "@opentelemetry/sdk-metrics";
import { type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { Duration, Layer } from "effect";
/** What the program brings. */
export interface OpenTelemetryOptions {
    /** Reads Effect's metric registry: the tunnels' families, and whatever else is in it. Shut down with the layer. */
    readonly metricReader?: MetricReader;
    /** Gets the spans of connections when they have ended. Flushed and shut down with the layer. */
    readonly spanProcessor?: SpanProcessor;
    /** Gets them instead of a provider made around `spanProcessor`; stays the program's. */
    readonly tracer?: Tracer;
    /** Who the program is; overrules `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
    readonly resource?: Attributes;
    /** How long the end of the layer may wait for the last export (default 3 s). */
    readonly shutdownTimeout?: Duration.Input;
}
/**
 * Metrics and spans of every tunnel that is built with this layer provided. It must outlive them, as it does when it is
 * provided to their layers: the last spans come when a tunnel drains.
 */
export declare const layer: (options: OpenTelemetryOptions) => Layer.Layer<never>;
