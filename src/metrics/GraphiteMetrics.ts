/**
 * The lines of the Graphite push (docs/compatibility/status-and-metrics.md, 8): the JSON metrics plus some more, with Go's number formats.
 * Pure.
 */
import type { Distribution } from "./Distribution.ts"
import type { Rates } from "./Meter.ts"
import type { Metric, Report } from "./Report.ts"

/** A suffix and its value as text. */
type Entry = readonly [suffix: string, text: string]

/** Go's `%.<digits>f`: like `toFixed`, but rounds a tie to even. */
export const goFixed = (x: number, digits: number): string => {
  if (Math.abs(x) >= 1e21) return `${BigInt(x)}${digits === 0 ? "" : "."}${"0".repeat(digits)}`
  const text = (x === 0 ? 0 : x).toFixed(digits)
  // Ties are the odd multiples of 2^-(digits + 1); `toFixed` rounds them away from zero.
  const tie = Math.abs((x * 2 ** (digits + 1)) % 2) === 1
  const last = Number(text.at(-1))
  return tie && last % 2 === 1 ? `${text.slice(0, -1)}${last - 1}` : text
}

const integer = (x: number): string => String(BigInt(Math.trunc(x)))
const float = (x: number): string => goFixed(x, 2)

const figures = (value: Distribution): ReadonlyArray<Entry> => [
  ["min", integer(value.min)],
  ["max", integer(value.max)],
  ["mean", float(value.mean)],
  ["std-dev", float(value.stdDev)],
  ["50-percentile", float(value.percentile(0.5))],
  ["75-percentile", float(value.percentile(0.75))],
  ["95-percentile", float(value.percentile(0.95))],
  ["99-percentile", float(value.percentile(0.99))],
  ["999-percentile", float(value.percentile(0.999))]
]

const rates = (value: Rates): ReadonlyArray<Entry> => [
  ["one-minute", float(value.rate1)],
  ["five-minute", float(value.rate5)],
  ["fifteen-minute", float(value.rate15)],
  ["mean-rate", float(value.rateMean)]
]

/**
 * "Per second" is the count divided by the push interval of one second. It is not a rate, but dashboards know it under this
 * name.
 */
const counted = (count: number): ReadonlyArray<Entry> => [
  ["count", integer(count)],
  ["count_ps", float(count)]
]

const entries = (metric: Metric): ReadonlyArray<Entry> => {
  switch (metric.kind) {
    case "counter":
      return counted(metric.value)
    case "gauge":
      return [["value", metric.integer ? integer(metric.value) : goFixed(metric.value, 6)]]
    case "timer":
      return [...counted(metric.value.count), ...figures(metric.value), ...rates(metric.value)]
    case "histogram":
      return [["count", integer(metric.value.count)], ...figures(metric.value)]
  }
}

/** Every metric as lines `PREFIX.NAME.SUFFIX VALUE UNIXSECONDS`, sorted by metric; durations in nanoseconds. */
export const graphite = (report: Report): string => {
  const seconds = Math.floor(report.time / 1000)
  return report.metrics
    .flatMap((metric) =>
      entries(metric).map(([suffix, text]) => `${report.prefix}.${metric.name}.${suffix} ${text} ${seconds}\n`)
    )
    .join("")
}
