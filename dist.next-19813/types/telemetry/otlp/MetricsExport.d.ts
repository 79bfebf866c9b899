/** The metric registry on its way to a collector: Effect's exporter, over a connection of ours and told what it cannot know. */
import { Effect, type Scope } from "effect";
import * as OtlpMetrics from "effect/observability/OtlpMetrics";
import type { Send } from "./Collector.ts";
import type { SignalLog } from "./SignalLog.ts";
/**
 * Pushes what is in the registry of the context it runs in, every interval, while its scope is open. `flush` pushes at
 * once.
 */
export declare const exportMetrics: (settings: import("./Settings.ts").SignalSettings & {
    readonly interval: import("effect/Duration").Duration;
    readonly temporality: "cumulative" | "delta";
}, resource: {
    readonly serviceName: string;
    readonly serviceVersion: string;
    readonly attributes: Readonly<Record<string, string | number>>;
}, scope: {
    readonly name: string;
    readonly version: string;
}, serialization: {
    readonly traces: (data: import("effect/observability/OtlpTracer").TraceData) => import("effect/http/HttpBody").HttpBody;
    readonly metrics: (data: OtlpMetrics.MetricsData) => import("effect/http/HttpBody").HttpBody;
    readonly logs: (data: import("effect/observability/OtlpLogger").LogsData) => import("effect/http/HttpBody").HttpBody;
}, send: Send, log: SignalLog) => Effect.Effect<{
    readonly flush: Effect.Effect<void>;
}, never, Scope.Scope>;
