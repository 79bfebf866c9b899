/** The Prometheus text format, version 0.0.4, as the Go library writes it (docs/compatibility/status-and-metrics.md, 6.2 to 6.4). Pure. */
import { byCodeUnit } from "./Report.ts"

/** One line with a value; `suffix` is appended to the family's name, `label` goes inside the braces. */
export interface Sample {
  readonly suffix?: string
  readonly label?: readonly [name: string, value: string]
  readonly value: number
}

/** Lines under one HELP and TYPE. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly samples: ReadonlyArray<Sample>
}

/** A float64 the way Go prints it with `%g`: shortest round trip, exponent below 1e-4 and from 1e6. */
export const goFloat = (x: number): string => {
  if (Number.isNaN(x)) return "NaN"
  if (!Number.isFinite(x)) return x > 0 ? "+Inf" : "-Inf"
  if (x === 0) return "0"
  const [mantissa = "", exponent = ""] = x.toExponential().split("e")
  const n = Number(exponent)
  if (n >= -4 && n < 6) return String(x)
  return `${mantissa}e${n < 0 ? "-" : "+"}${String(Math.abs(n)).padStart(2, "0")}`
}

/** The Go program's `flatten`: space, `.`, `-`, `=` and `/` become `_`, one for one. */
export const flatten = (name: string): string => name.replace(/[ .\-=/]/g, "_")

/** `flatten(prefix)_flatten(name)` as a valid classic Prometheus name: each invalid code point becomes `_`. */
export const familyName = (prefix: string, name: string): string => {
  const flat = prefix === "" ? flatten(name) : `${flatten(prefix)}_${flatten(name)}`
  return flat.replace(/[^a-zA-Z0-9_:]/gu, "_").replace(/^[0-9]/, "_")
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')

const sampleLine = (family: Family, { suffix = "", label, value }: Sample): string => {
  const labels = label === undefined ? "" : `{${label[0]}="${escapeLabel(label[1])}"}`
  return `${family.name}${suffix}${labels} ${goFloat(value)}\n`
}

/** The exposition text, families sorted by name. */
export const exposition = (families: ReadonlyArray<Family>): string =>
  families
    .toSorted((a, b) => byCodeUnit(a.name, b.name))
    .map((family) => {
      const head = `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`
      return head + family.samples.map((sample) => sampleLine(family, sample)).join("")
    })
    .join("")
