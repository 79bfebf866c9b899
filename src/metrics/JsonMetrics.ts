/** The JSON array of `/_metrics/json` and of the HTTP push (docs/compatibility/status-and-metrics.md, 5). Pure. */
import type { Distribution } from "./Distribution.ts"
import type { Report } from "./Report.ts"

/** The eight entries of a timer or histogram, in the Go program's order; values are in nanoseconds. */
const distributionEntries = (name: string, value: Distribution): ReadonlyArray<readonly [string, number]> => [
  [`${name}.count`, value.count],
  [`${name}.min`, value.min],
  [`${name}.max`, value.max],
  [`${name}.mean`, value.mean],
  [`${name}.50-percentile`, value.percentile(0.5)],
  [`${name}.75-percentile`, value.percentile(0.75)],
  [`${name}.95-percentile`, value.percentile(0.95)],
  [`${name}.99-percentile`, value.percentile(0.99)]
]

/** The body: sorted by metric, without whitespace or final newline; `timestamp` is in Unix seconds. */
export const json = (report: Report): string => {
  const timestamp = Math.floor(report.time / 1000)
  const entries = report.metrics.flatMap((metric) =>
    metric.kind === "timer" || metric.kind === "histogram"
      ? distributionEntries(metric.name, metric.value)
      : [[metric.name, metric.value] as const]
  )
  return JSON.stringify(
    entries.map(([name, value]) => ({
      hostname: report.hostname,
      metric: `${report.prefix}.${name}`,
      timestamp,
      value
    }))
  )
}
