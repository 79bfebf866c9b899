/**
 * Writes a snapshot of the metric registry as text: OpenMetrics 1.0, or the same families in the older Prometheus format
 * (0.0.4) for readers that know only that. Pure.
 */
import type { Metric } from "effect";
export type TextFormat = "openmetrics" | "prometheus";
export declare const contentTypes: Readonly<Record<TextFormat, string>>;
type Snapshot = Metric.Metric.Snapshot;
/** The page: families sorted by name. */
export declare const openMetrics: (snapshots: ReadonlyArray<Snapshot>, format: TextFormat) => string;
/** The format for an `Accept` header: OpenMetrics, unless only the older one is taken. */
export declare const negotiate: (accept: string | undefined) => TextFormat;
export {};
