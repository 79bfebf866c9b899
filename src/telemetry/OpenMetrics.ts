/**
 * Formats a snapshot of the metric registry: OpenMetrics 1.0, or the older Prometheus text format (0.0.4) for clients that
 * accept only that. Pure.
 */
import type { Metric } from "effect"

export type TextFormat = "openmetrics" | "prometheus"

export const contentTypes: Readonly<Record<TextFormat, string>> = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8"
}

type Snapshot = Metric.Metric.Snapshot
type Labels = ReadonlyArray<readonly [name: string, value: string]>

const units = ["seconds", "bytes", "ratio"]

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')
const nameOf = (text: string): string => text.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_$&")

const number = (value: number | bigint): string =>
  value === Number.POSITIVE_INFINITY ? "+Inf" : value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value)

const line = (name: string, labels: Labels, value: number | bigint): string => {
  const inside = labels.map(([label, text]) => `${nameOf(label)}="${escapeLabel(text)}"`).join(",")
  return `${name}${inside === "" ? "" : `{${inside}}`} ${number(value)}\n`
}

const typeOf = (snapshot: Snapshot): "counter" | "gauge" | "histogram" | "summary" | undefined => {
  switch (snapshot.type) {
    case "Counter":
      return snapshot.state.incremental ? "counter" : "gauge"
    case "Gauge":
      return "gauge"
    case "Histogram":
      return "histogram"
    case "Frequency":
      return "counter"
    case "Summary":
      return "summary"
  }
}

const samples = (name: string, snapshot: Snapshot): string => {
  const labels: Labels = Object.entries(snapshot.attributes ?? {})
  switch (snapshot.type) {
    case "Counter":
      return line(snapshot.state.incremental ? `${name}_total` : name, labels, snapshot.state.count)
    case "Gauge":
      return line(name, labels, snapshot.state.value)
    case "Frequency":
      return [...snapshot.state.occurrences]
        .map(([key, n]) => line(`${name}_total`, [...labels, ["key", key]], n))
        .join("")
    case "Histogram": {
      const { buckets, count, sum } = snapshot.state
      const finite = buckets.filter(([bound]) => Number.isFinite(bound))
      const bounds = finite.map(([bound, below]) => line(`${name}_bucket`, [...labels, ["le", le(bound)]], below))
      const rest = line(`${name}_bucket`, [...labels, ["le", "+Inf"]], count)
      return [...bounds, rest, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)].join("")
    }
    case "Summary": {
      const { count, quantiles, sum } = snapshot.state
      const values = quantiles.flatMap(([quantile, value]) =>
        value === undefined ? [] : [line(name, [...labels, ["quantile", String(quantile)]], value)]
      )
      return [...values, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)].join("")
    }
  }
}

/** OpenMetrics requires bounds as floats: `1.0`. */
const le = (bound: number): string => (Number.isInteger(bound) ? `${bound}.0` : String(bound))

const head = (name: string, first: Snapshot, format: TextFormat): string => {
  const type = typeOf(first)
  const help = escapeHelp(first.description ?? name)
  if (format === "prometheus") {
    const shown = type === "counter" ? `${name}_total` : name
    return `# HELP ${shown} ${help}\n# TYPE ${shown} ${type}\n`
  }
  const unit = units.find((each) => name.endsWith(`_${each}`))
  return `# TYPE ${name} ${type}\n${unit === undefined ? "" : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${help}\n`
}

/** The exposition, families sorted by name. */
export const openMetrics = (snapshots: ReadonlyArray<Snapshot>, format: TextFormat): string => {
  const families = Map.groupBy(snapshots, ({ id, type }) =>
    type === "Counter" ? nameOf(id).replace(/_total$/, "") : nameOf(id)
  )
  const pages = [...families]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, [first, ...rest]]) =>
      first === undefined
        ? ""
        : head(name, first, format) + [first, ...rest].map((each) => samples(name, each)).join("")
    )
  return pages.join("") + (format === "openmetrics" ? "# EOF\n" : "")
}

/** The format for an `Accept` header: OpenMetrics, unless the client accepts only the older one. */
export const negotiate = (accept: string | undefined): TextFormat =>
  accept !== undefined &&
  !/application\/openmetrics-text|\*\/\*|application\/\*/i.test(accept) &&
  /text\/(plain|\*)/i.test(accept)
    ? "prometheus"
    : "openmetrics"
