/** What a collector understands of a push, from either form (opentelemetry-proto 1.x: field numbers and JSON names). */
import { doubleOf, fixedOf, Message } from "./Protobuf.ts"

export type Scalar = string | number | boolean
export type Attributes = Readonly<Record<string, Scalar>>

export interface Point {
  readonly attributes: Attributes
  /** Of sums and gauges. */
  readonly value?: number
  /** Of histograms. */
  readonly count?: number
  readonly sum?: number
  readonly buckets?: ReadonlyArray<number>
  readonly bounds?: ReadonlyArray<number>
  /** Unix nanoseconds. */
  readonly start: bigint
  readonly time: bigint
}

export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly type: "gauge" | "sum" | "histogram"
  readonly monotonic?: boolean
  /** 1: delta, 2: cumulative. */
  readonly temporality?: number
  readonly points: ReadonlyArray<Point>
}

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Attributes
  readonly status: number
  readonly message: string
}

export interface LogRecord {
  readonly traceId: string
  readonly spanId: string
  readonly time: bigint
  readonly severity: number
  readonly severityText: string
  readonly body: string
  readonly attributes: Attributes
}

/** One push. */
export interface Export {
  readonly resource: Attributes
  readonly scope: { readonly name: string; readonly version: string }
  readonly metrics: ReadonlyArray<Metric>
  readonly spans: ReadonlyArray<Span>
  readonly logs: ReadonlyArray<LogRecord>
}

const scalar = (value: Message): Scalar => {
  if (value.has(2)) return value.varint(2) === 1n
  if (value.has(3)) return Number(BigInt.asIntN(64, value.varint(3)))
  return value.has(4) ? value.double(4) : value.text(1)
}

const attributes = (pairs: ReadonlyArray<Message>): Attributes =>
  Object.fromEntries(pairs.map((pair) => [pair.text(1), scalar(pair.message(2))]))

const numberPoint = (point: Message): Point => ({
  attributes: attributes(point.messages(7)),
  value: point.has(6) ? Number(BigInt.asIntN(64, point.fixed64(6))) : point.double(4),
  start: point.fixed64(2),
  time: point.fixed64(3)
})

const histogramPoint = (point: Message): Point => ({
  attributes: attributes(point.messages(9)),
  count: Number(point.fixed64(4)),
  sum: point.double(5),
  buckets: point.eights(6).map((each) => Number(fixedOf(each))),
  bounds: point.eights(7).map(doubleOf),
  start: point.fixed64(2),
  time: point.fixed64(3)
})

const metric = (it: Message): Metric => {
  const head = { name: it.text(1), description: it.text(2), unit: it.text(3) }
  if (it.has(5)) return { ...head, type: "gauge", points: it.message(5).messages(1).map(numberPoint) }
  if (it.has(7)) {
    const sum = it.message(7)
    const kind = { monotonic: sum.varint(3) === 1n, temporality: Number(sum.varint(2)) }
    return { ...head, ...kind, type: "sum", points: sum.messages(1).map(numberPoint) }
  }
  const histogram = it.message(9)
  const temporality = Number(histogram.varint(2))
  return { ...head, temporality, type: "histogram", points: histogram.messages(1).map(histogramPoint) }
}

const span = (it: Message): Span => ({
  traceId: it.hex(1),
  spanId: it.hex(2),
  parentSpanId: it.hex(4),
  name: it.text(5),
  kind: Number(it.varint(6)),
  start: it.fixed64(7),
  end: it.fixed64(8),
  attributes: attributes(it.messages(9)),
  status: Number(it.message(15).varint(3)),
  message: it.message(15).text(2)
})

const log = (it: Message): LogRecord => ({
  traceId: it.hex(9),
  spanId: it.hex(10),
  time: it.fixed64(1),
  severity: Number(it.varint(2)),
  severityText: it.text(3),
  body: it.message(5).text(1),
  attributes: attributes(it.messages(6))
})

/** The protobuf form; all three requests have the same first levels. */
export const fromProtobuf = (path: string, bytes: Uint8Array): Export => {
  const [resource] = new Message(bytes).messages(1)
  const [scoped] = resource?.messages(2) ?? []
  if (resource === undefined || scoped === undefined) throw new Error("no resource or no scope")
  const scope = scoped.message(1)
  const items = scoped.messages(2)
  return {
    resource: attributes(resource.message(1).messages(1)),
    scope: { name: scope.text(1), version: scope.text(2) },
    metrics: path.endsWith("/metrics") ? items.map(metric) : [],
    spans: path.endsWith("/traces") ? items.map(span) : [],
    logs: path.endsWith("/logs") ? items.map(log) : []
  }
}

/** A JSON value, walked by names; what is absent is empty. */
class Json {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  has(name: string): boolean {
    return typeof this.#value === "object" && this.#value !== null && Object.hasOwn(this.#value, name)
  }

  get(name: string): Json {
    return new Json(
      this.has(name) && typeof this.#value === "object" ? Reflect.get(this.#value ?? {}, name) : undefined
    )
  }

  list(name: string): ReadonlyArray<Json> {
    const value = this.get(name).#value
    return Array.isArray(value) ? value.map((each) => new Json(each)) : []
  }

  text(name: string): string {
    const value = this.get(name).#value
    return typeof value === "string" ? value : ""
  }

  /** 64-bit integers are decimal strings. */
  big(name: string): bigint {
    return BigInt(String(this.get(name).#value ?? 0))
  }

  number(name: string): number {
    return new Json(this.get(name).#value).own
  }

  get own(): number {
    return Number(this.#value ?? 0)
  }

  get yes(): boolean {
    return this.#value === true
  }
}

const jsonAttributes = (it: Json): Attributes =>
  Object.fromEntries(
    it.list("attributes").map((pair) => {
      const value = pair.get("value")
      if (value.has("boolValue")) return [pair.text("key"), value.get("boolValue").yes]
      if (value.has("intValue")) return [pair.text("key"), value.number("intValue")]
      return [pair.text("key"), value.has("doubleValue") ? value.number("doubleValue") : value.text("stringValue")]
    })
  )

const jsonPoint = (it: Json): Point => ({
  attributes: jsonAttributes(it),
  ...(it.has("bucketCounts")
    ? {
        count: it.number("count"),
        sum: it.number("sum"),
        buckets: it.list("bucketCounts").map((each) => each.own),
        bounds: it.list("explicitBounds").map((each) => each.own)
      }
    : { value: it.has("asInt") ? it.number("asInt") : it.number("asDouble") }),
  start: it.big("startTimeUnixNano"),
  time: it.big("timeUnixNano")
})

const jsonMetric = (it: Json): Metric => {
  const type = (["gauge", "sum", "histogram"] as const).find((each) => it.has(each)) ?? "gauge"
  const data = it.get(type)
  return {
    name: it.text("name"),
    description: it.text("description"),
    unit: it.text("unit"),
    type,
    ...(type === "sum" ? { monotonic: data.get("isMonotonic").yes } : {}),
    ...(type === "gauge" ? {} : { temporality: data.number("aggregationTemporality") }),
    points: data.list("dataPoints").map(jsonPoint)
  }
}

const jsonSpan = (it: Json): Span => ({
  traceId: it.text("traceId"),
  spanId: it.text("spanId"),
  parentSpanId: it.text("parentSpanId"),
  name: it.text("name"),
  kind: it.number("kind"),
  start: it.big("startTimeUnixNano"),
  end: it.big("endTimeUnixNano"),
  attributes: jsonAttributes(it),
  status: it.get("status").number("code"),
  message: it.get("status").text("message")
})

const jsonLog = (it: Json): LogRecord => ({
  traceId: it.text("traceId"),
  spanId: it.text("spanId"),
  time: it.big("timeUnixNano"),
  severity: it.number("severityNumber"),
  severityText: it.text("severityText"),
  body: it.get("body").text("stringValue"),
  attributes: jsonAttributes(it)
})

/** The JSON form. */
export const fromJson = (path: string, text: string): Export => {
  const all = new Json(JSON.parse(text))
  const [kind, inner, items] = path.endsWith("/metrics")
    ? ["resourceMetrics", "scopeMetrics", "metrics"]
    : path.endsWith("/traces")
      ? ["resourceSpans", "scopeSpans", "spans"]
      : ["resourceLogs", "scopeLogs", "logRecords"]
  const [resource = new Json(undefined)] = all.list(kind ?? "")
  const [scoped = new Json(undefined)] = resource.list(inner ?? "")
  const list = scoped.list(items ?? "")
  return {
    resource: jsonAttributes(resource.get("resource")),
    scope: { name: scoped.get("scope").text("name"), version: scoped.get("scope").text("version") },
    metrics: items === "metrics" ? list.map(jsonMetric) : [],
    spans: items === "spans" ? list.map(jsonSpan) : [],
    logs: items === "logRecords" ? list.map(jsonLog) : []
  }
}
