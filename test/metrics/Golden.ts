/** Captured output of the Go program, and the families that differ on purpose. */
import { readFileSync } from "node:fs"

/** A capture by name. JSON captures are stored as text, so that the formatter does not touch them. */
export const golden = (name: string): string =>
  readFileSync(new URL(`./golden/${name}${name.endsWith(".json") ? ".txt" : ""}`, import.meta.url), "utf8")

export interface JsonEntry {
  readonly hostname: string
  readonly metric: string
  readonly timestamp: number
  readonly value: number
}

export const entries = (text: string): ReadonlyArray<JsonEntry> => JSON.parse(text)

/** Families present on one side only, as documented for operators (docs/compatibility/status-and-metrics.md, 6.3): a name or a prefix. */
export const exemptions = ["go_*", "promhttp_*", "ghostunnel_runtime_mem_gc_duration"] as const

/** Present only after the first collection, so either side may lack it. */
export const untilFirstCollection: (typeof exemptions)[number] = "ghostunnel_runtime_mem_gc_duration"

/** Whether the Go program's family is omitted from ours. */
export const exempt = (family: string): boolean =>
  exemptions.some((name) => name.endsWith("*") && family.startsWith(name.slice(0, -1)))

/** Each family without its values: name, HELP, TYPE and series. Exempt families are omitted. */
export const described = (page: string): ReadonlyArray<ReadonlyArray<string>> =>
  [...families(page)]
    .filter(([name]) => !exempt(name) && name !== untilFirstCollection)
    .map(([name, lines]) => {
      const series = lines.map((line) => (line.startsWith("#") ? line : line.slice(0, line.lastIndexOf(" "))))
      return [name, ...series]
    })

/** Splits the exposition into families: name to HELP, TYPE and sample lines. */
export const families = (page: string): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  let current: Array<string> = []
  for (const line of page.split("\n").filter((text) => text !== "")) {
    if (line.startsWith("# HELP ")) {
      current = []
      found.set(line.split(" ")[2] ?? "", current)
    }
    current.push(line)
  }
  return found
}

/** The exposition without the exempt families. */
export const withoutExempt = (page: string): string =>
  [...families(page)]
    .filter(([name]) => !exempt(name))
    .flatMap(([, lines]) => lines)
    .map((line) => `${line}\n`)
    .join("")

/** Values by series: `name` or `name{labels}`. */
export const values = (page: string): ReadonlyMap<string, string> =>
  new Map(
    page
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ")
        return [line.slice(0, at), line.slice(at + 1)] as const
      })
  )
