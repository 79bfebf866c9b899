/** The table of a run and its differences, as text. Pure. */
import type { Verdict } from "./Bars.ts"
import type { PkixCase } from "./Cases.ts"

/** A case of a run, judged. `failed`: no peer could present it. */
export interface Judged {
  readonly each: PkixCase
  readonly outcome: Verdict | "skipped" | "failed"
  readonly known: boolean
  readonly why: string
}

const columns = ["right", "accepted wrongly", "refused wrongly", "failed", "skipped"] as const

const row = (name: string, judged: ReadonlyArray<Judged>): ReadonlyArray<string> => [
  name,
  ...columns.map((column) => String(judged.filter(({ outcome }) => outcome === column).length))
]

const align = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((cells) => cells[index]?.length ?? 0)))
  return rows.map((cells) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ")
  )
}

/** Whether a case needs an explanation. */
export const isDifference = ({ outcome }: Judged): boolean =>
  outcome === "accepted wrongly" || outcome === "refused wrongly" || outcome === "failed"

/** One line per difference and a table of the suites. */
export const reportOf = (judged: ReadonlyArray<Judged>): string => {
  const suites = [...Map.groupBy(judged, ({ each }) => each.suite)]
  const table = align([["suite", ...columns], ...suites.map(([suite, members]) => row(suite, members))])
  const differences = judged
    .filter(isDifference)
    .toSorted((a, b) => a.each.name.localeCompare(b.each.name, "en", { numeric: true }))
    .map(
      ({ each, known, outcome, why }) =>
        `${outcome}${known ? " (known)" : ""}: ${each.name} (${each.section})${why === "" ? "" : `: ${why}`}`
    )
  return [...differences, ...(differences.length === 0 ? [] : [""]), ...table, ""].join("\n")
}
