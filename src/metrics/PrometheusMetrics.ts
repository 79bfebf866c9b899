/** The body of `/_metrics/prometheus` and its content negotiation (docs/compatibility/status-and-metrics.md, 6). Pure. */
import type { Distribution } from "./Distribution.ts"
import { exposition, type Family, familyName, flatten, goFloat, type Sample } from "./Exposition.ts"
import type { Metric, Report } from "./Report.ts"
import type { TimerSnapshot } from "./TimerMetric.ts"

const timerQuantiles = [0.5, 0.95, 0.99, 0.999]
const gcQuantiles = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]

/** Gauges next to a timer's histogram: suffix and value, in nanoseconds or per second. */
const timerGauges = (value: TimerSnapshot): ReadonlyArray<readonly [string, number]> => [
  ["_count", value.count],
  ["_max", value.max],
  ["_mean", value.mean],
  ["_min", value.min],
  ["_rate1", value.rate1],
  ["_rate15", value.rate15],
  ["_rate5", value.rate5],
  ["_rate_mean", value.rateMean],
  ["_std_dev", value.stdDev],
  ["_sum", value.sum],
  ["_variance", value.variance]
]

/** The Go program's pseudo-histogram: `le` is a quantile, the bucket is its value cut to an integer; `+Inf` is the count. */
const histogramSamples = (value: Distribution, quantiles: ReadonlyArray<number>): ReadonlyArray<Sample> => [
  ...quantiles.map((quantile): Sample => {
    return { suffix: "_bucket", label: ["le", goFloat(quantile)], value: Math.trunc(value.percentile(quantile)) }
  }),
  { suffix: "_bucket", label: ["le", "+Inf"], value: value.count },
  { suffix: "_sum", value: value.sum },
  { suffix: "_count", value: value.count }
]

const familiesOf = (prefix: string, metric: Metric): ReadonlyArray<Family> => {
  const gauge = (suffix: string, value: number): Family => {
    return {
      name: familyName(prefix, metric.name + suffix),
      help: metric.name + suffix,
      type: "gauge",
      samples: [{ value }]
    }
  }
  const histogram = (suffix: string, value: Distribution, quantiles: ReadonlyArray<number>): Family => {
    return {
      name: familyName(prefix, metric.name + suffix),
      help: flatten(metric.name),
      type: "histogram",
      samples: histogramSamples(value, quantiles)
    }
  }
  switch (metric.kind) {
    case "counter":
    case "gauge":
      return [gauge("", metric.value)]
    case "timer":
      return [
        ...timerGauges(metric.value).map(([suffix, value]) => gauge(suffix, value)),
        histogram("_timer", metric.value, timerQuantiles)
      ]
    case "histogram":
      return [
        ...(metric.latest === undefined ? [] : [gauge("", metric.latest)]),
        histogram("_histogram", metric.value, gcQuantiles)
      ]
  }
}

/** The exposition: the report's families and `others` (the `process_*` ones), sorted by name. */
export const prometheus = (report: Report, others: ReadonlyArray<Family>): string =>
  exposition([...report.metrics.flatMap((metric) => familiesOf(report.prefix, metric)), ...others])

interface HeaderItem {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  readonly q: number
}

/** Items of an `Accept*` header. A missing `q` counts as 1, an unreadable one as 0. */
const parseItems = (header: string | undefined): ReadonlyArray<HeaderItem> =>
  (header ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [value = "", ...rest] = part.split(";").map((piece) => piece.trim())
      const parameters = new Map(
        rest.map((piece) => {
          const at = piece.indexOf("=")
          return at < 0
            ? [piece.toLowerCase(), ""]
            : [piece.slice(0, at).trim().toLowerCase(), piece.slice(at + 1).trim()]
        })
      )
      const q = Number(parameters.get("q") ?? "1")
      return { value: value.toLowerCase(), parameters, q: Number.isFinite(q) ? q : 0 }
    })

const escapings: ReadonlySet<string> = new Set(["allow-utf-8", "dots", "underscores", "values"])

/**
 * The content type for an `Accept` header. It is always the text format; `escaping` is the last known one among the items, by
 * falling `q`, up to the item that names this format (section 6.5).
 */
export const contentType = (accept: string | undefined): string => {
  let escaping = "underscores"
  for (const { value, parameters } of parseItems(accept).toSorted((a, b) => b.q - a.q)) {
    const asked = parameters.get("escaping")
    if (asked !== undefined && escapings.has(asked)) escaping = asked
    const version = parameters.get("version") ?? ""
    if (value === "text/plain" && (version === "" || version === "0.0.4")) break
  }
  return `text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`
}

/** Whether to gzip the body for an `Accept-Encoding` header: only if gzip is preferred to identity. */
export const wantsGzip = (acceptEncoding: string | undefined): boolean => {
  const items = parseItems(acceptEncoding)
  const best = (coding: string): number | undefined => {
    const matching = items.filter(({ value }) => value === coding || value === "*")
    return matching.length === 0 ? undefined : Math.max(...matching.map(({ q }) => q))
  }
  const gzip = best("gzip")
  const identity = best("identity")
  // The client refuses identity and does not mention gzip: use gzip.
  if (gzip === undefined) return identity === 0
  return gzip > (identity ?? 0)
}
