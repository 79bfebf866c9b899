/**
 * All metrics at one moment, independent of format: names of the Go program (docs/compatibility/status-and-metrics.md, 5.2) without prefix, with kind,
 * unit and value. Every exporter (JSON, Prometheus, Graphite, OTLP) is a function of a report. Pure.
 */
import type { Counter, TimerName } from "./ConnectionStats.ts"
import type { Distribution } from "./Distribution.ts"
import type { GcDurations, RuntimeGauge } from "./RuntimeMetrics.ts"
import type { TimerSnapshot } from "./TimerMetric.ts"

/** Units in UCUM notation: a plain number, nanoseconds, bytes. */
export type Unit = "1" | "ns" | "By"

/** One metric; a timer or histogram groups several numbers. */
export type Metric =
  /** An integer that the data path counts; only `conn.open` can fall. */
  | {
      readonly kind: "counter"
      readonly name: Counter
      readonly unit: Unit
      readonly monotonic: boolean
      readonly value: number
    }
  | {
      readonly kind: "gauge"
      readonly name: string
      readonly unit: Unit
      readonly integer: boolean
      readonly value: number
    }
  | { readonly kind: "timer"; readonly name: TimerName; readonly unit: Unit; readonly value: TimerSnapshot }
  /** A sample without rates. `latest` is the newest value, if there is one. */
  | {
      readonly kind: "histogram"
      readonly name: string
      readonly unit: Unit
      readonly value: Distribution
      readonly latest: number | undefined
    }

/** All metrics of one moment. */
export interface Report {
  /** `--metrics-prefix`, unchanged. */
  readonly prefix: string
  /** Host name of this machine. */
  readonly hostname: string
  /** Unix milliseconds. */
  readonly time: number
  /** Sorted by name. */
  readonly metrics: ReadonlyArray<Metric>
}

/** Where a report reads its values. */
export interface Sources {
  readonly prefix: string
  readonly hostname: string
  readonly time: number
  readonly counter: (name: Counter) => number
  readonly timer: (name: TimerName) => TimerSnapshot
  readonly gauges: ReadonlyArray<RuntimeGauge>
  readonly gcDurations: GcDurations
}

const counters: ReadonlyArray<Counter> = [
  "accept.error",
  "accept.success",
  "accept.timeout",
  "accept.total",
  "conn.open",
  "conn.timeout"
]
const timers: ReadonlyArray<TimerName> = ["conn.handshake", "conn.lifetime"]
/** Gauges under `runtime.` that do not count bytes. */
const plainGauges: ReadonlySet<string> = new Set([
  "runtime.cgo-calls",
  "runtime.goroutines",
  "runtime.mem.frees",
  "runtime.mem.gc.cpu-fraction",
  "runtime.mem.gc.num-gc",
  "runtime.mem.heap.objects",
  "runtime.mem.lookups",
  "runtime.mem.mallocs"
])

/** Orders strings by code unit, whatever the locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The report of the current values. */
export const report = (sources: Sources): Report => {
  const metrics: ReadonlyArray<Metric> = [
    ...counters.map((name): Metric => {
      return { kind: "counter", name, unit: "1", monotonic: name !== "conn.open", value: sources.counter(name) }
    }),
    ...timers.map((name): Metric => ({ kind: "timer", name, unit: "ns", value: sources.timer(name) })),
    ...sources.gauges.map(([name, value]): Metric => {
      const unit = plainGauges.has(name) ? "1" : "By"
      return { kind: "gauge", name, unit, integer: name !== "runtime.mem.gc.cpu-fraction", value }
    }),
    {
      kind: "histogram",
      name: "runtime.mem.gc.duration",
      unit: "ns",
      value: sources.gcDurations,
      latest: sources.gcDurations.latest
    }
  ]
  return {
    prefix: sources.prefix,
    hostname: sources.hostname,
    time: sources.time,
    metrics: metrics.toSorted((a, b) => byCodeUnit(a.name, b.name))
  }
}
