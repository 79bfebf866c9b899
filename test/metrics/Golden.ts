/** The captured output of the Go program, and its exemptions: what ours leaves out on purpose. */
import { readFileSync } from "node:fs"

/** A capture by its name. JSON lies there as text, safe from the formatter. */
export const golden = (name: string): string =>
  readFileSync(new URL(`./golden/${name}${name.endsWith(".json") ? ".txt" : ""}`, import.meta.url), "utf8")

export interface JsonEntry {
  readonly hostname: string
  readonly metric: string
  readonly timestamp: number
  readonly value: number
}

export const entries = (text: string): ReadonlyArray<JsonEntry> => JSON.parse(text)

/**
 * Families whose presence differs from the Go program's, as operators are told (contract: status, section 6.3): a name, or
 * the beginning of names.
 */
export const exemptions = ["go_*", "promhttp_*", "ghostunnel_runtime_mem_gc_duration"] as const

/** Shown only once a collection was seen: may be on either side alone. */
export const untilFirstCollection: (typeof exemptions)[number] = "ghostunnel_runtime_mem_gc_duration"

/** Families of the Go program that ours never has. */
export const exempt = (family: string): boolean =>
  exemptions.some((name) => name.endsWith("*") && family.startsWith(name.slice(0, -1)))

/** What a family is but for its values: name, HELP, TYPE and series; exempt ones are left out. */
export const described = (page: string): ReadonlyArray<ReadonlyArray<string>> =>
  [...families(page)]
    .filter(([name]) => !exempt(name) && name !== untilFirstCollection)
    .map(([name, lines]) => {
      const series = lines.map((line) => (line.startsWith("#") ? line : line.slice(0, line.lastIndexOf(" "))))
      return [name, ...series]
    })

/** The page cut into families: name to its HELP, TYPE and sample lines. */
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

/** The page without the exempt families. */
export const withoutExempt = (page: string): string =>
  [...families(page)]
    .filter(([name]) => !exempt(name))
    .flatMap(([, lines]) => lines)
    .map((line) => `${line}\n`)
    .join("")

/** Values by the text before them: `name` or `name{labels}`. */
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
