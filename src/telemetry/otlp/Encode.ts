/**
 * Spans and log records in the form that `effect/observability` serializes (opentelemetry-proto: trace.proto, logs.proto).
 */
import type { LogsData } from "effect/observability/OtlpLogger"
import { entriesToAttributes, type Resource } from "effect/observability/OtlpResource"
import type { TraceData } from "effect/observability/OtlpTracer"
import { eventsOf } from "../../proxy/ConnectionFields.ts"
import { line } from "../../proxy/ConnectionLog.ts"
import type { ConnectionRecord } from "../../proxy/ConnectionRecord.ts"
import { type ConnectionSpan, contextOf, type Span, type SpanContext } from "../ConnectionSpan.ts"

/** The resource and scope attached to every push. */
export interface Origin {
  readonly resource: Resource
  readonly scope: { readonly name: string; readonly version: string }
}

export type OtlpSpan = TraceData["resourceSpans"][number]["scopeSpans"][number]["spans"][number]
export type OtlpLogRecord = NonNullable<LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]>[number]

/** Microsecond precision: the most that a double holds for a time since 1970. */
const nanos = (millis: number): string => `${Math.round(millis * 1000)}000`

const kinds = { internal: 1, server: 2, client: 3 } as const
const severities = { info: 9, warn: 13, error: 17 } as const

const encode = (span: Span, traceId: string, spanId: string, parentSpanId: string | undefined): OtlpSpan => ({
  traceId,
  spanId,
  parentSpanId,
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: nanos(span.start),
  endTimeUnixNano: nanos(span.end),
  attributes: entriesToAttributes(Object.entries(span.attributes)),
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  status: span.error === undefined ? { code: 0 } : { code: 2, message: span.error },
  links: [],
  droppedLinksCount: 0
})

/** The connection's span, then its children. */
export const spansOf = (span: ConnectionSpan, { childIds, spanId, traceId }: SpanContext): ReadonlyArray<OtlpSpan> => [
  encode(span, traceId, spanId, undefined),
  ...span.children.flatMap((child, index) => {
    const id = childIds[index]
    return id === undefined ? [] : [encode(child, traceId, id, spanId)]
  })
]

/** Log records for `open`, `close` and `copy_error`, with the fields of the JSON log and a link to the connection's span. */
export const logsOf = (record: ConnectionRecord, target: string, now: number): ReadonlyArray<OtlpLogRecord> => {
  if (record.facts === undefined) return []
  const { spanId, traceId } = contextOf(record.facts.id)
  return eventsOf(record, target).flatMap(({ event, fields, level = "info", message }) =>
    event === undefined
      ? []
      : [
          {
            traceId,
            spanId,
            timeUnixNano: nanos(record.at),
            observedTimeUnixNano: nanos(now),
            severityNumber: severities[level],
            severityText: level.toUpperCase(),
            body: { stringValue: message ?? line(record) },
            attributes: entriesToAttributes([
              ["event.name", `ghostunnel.connection.${event}`],
              ...Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)
            ]),
            droppedAttributesCount: 0
          }
        ]
  )
}

/** Whether the connection of this trace is sampled: deterministic by trace identifier (W3C Trace Context, level 2). */
export const isSampled = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52
