/** Spans and log records in the shape that `effect/observability` serializes (opentelemetry-proto: trace.proto, logs.proto). */
import type { LogsData } from "effect/observability/OtlpLogger";
import { type Resource } from "effect/observability/OtlpResource";
import type { TraceData } from "effect/observability/OtlpTracer";
import type { ConnectionRecord } from "../../proxy/ConnectionRecord.ts";
import { type ConnectionSpan, type SpanContext } from "../ConnectionSpan.ts";
/** Who speaks, in every push. */
export interface Origin {
    readonly resource: Resource;
    readonly scope: {
        readonly name: string;
        readonly version: string;
    };
}
export type OtlpSpan = TraceData["resourceSpans"][number]["scopeSpans"][number]["spans"][number];
export type OtlpLogRecord = NonNullable<LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]>[number];
/** The connection's span, then its children. */
export declare const spansOf: (span: ConnectionSpan, { childIds, spanId, traceId }: SpanContext) => ReadonlyArray<OtlpSpan>;
/** `open`, `close` and `copy_error` of a connection, with the fields of the JSON log and the way to the connection's span. */
export declare const logsOf: (record: ConnectionRecord, target: string, now: number) => ReadonlyArray<OtlpLogRecord>;
/** Whether the connection of this trace gets a span: the same answer wherever it is asked (W3C Trace Context, level 2). */
export declare const isSampled: (traceId: string, ratio: number) => boolean;
