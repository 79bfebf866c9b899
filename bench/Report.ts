/** Collects figures of all rounds and prints them as a table. */
import type { Scenario } from "./Scenario.ts"

/** One row: a scenario's figure, by subject, one entry a round. */
interface Row {
  readonly title: string
  readonly unit: string
  readonly digits: number
  readonly figures: Map<string, Array<number>>
}

/** All figures so far. */
export interface Report {
  readonly add: (scenario: Scenario, subject: string, figures: Readonly<Record<string, number>>) => void
  readonly print: (subjects: ReadonlyArray<string>) => string
}

const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

const aligned = (lines: ReadonlyArray<ReadonlyArray<string>>): string => {
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(width(column)) : cell.padStart(width(column))))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

/** Ratios of the first subject's figures to another's: ours / theirs of the rounds that both have. */
const ratios = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>): ReadonlyArray<number> =>
  ours.slice(0, theirs.length).map((figure, round) => figure / (theirs[round] ?? Number.NaN))

const comparison = (row: Row, base: string, subject: string): ReadonlyArray<string> | undefined => {
  const list = ratios(row.figures.get(base) ?? [], row.figures.get(subject) ?? [])
  if (list.length === 0) return undefined
  return [
    row.title,
    `${base} / ${subject}`,
    median(list).toFixed(2),
    `(${list.map((each) => each.toFixed(2)).join(" ")})`
  ]
}

/** An empty report. */
export const makeReport = (): Report => {
  const rows = new Map<string, Row>()
  return {
    add: ({ title, unit, digits }, subject, figures) => {
      for (const [word, figure] of Object.entries(figures)) {
        const name = word === "" ? title : `${title}, ${word}`
        const row = rows.get(name) ?? {
          title: name,
          unit: /^(processors|ratio)/.test(word) ? "" : unit,
          digits,
          figures: new Map()
        }
        rows.set(name, row)
        row.figures.set(subject, [...(row.figures.get(subject) ?? []), figure])
      }
    },
    print: (subjects) => {
      const figures = [...rows.values()].map((row) => [
        row.title,
        row.unit,
        ...subjects.map((subject) => {
          const list = row.figures.get(subject)
          return list === undefined ? "-" : median(list).toFixed(row.digits)
        })
      ])
      const [base = "", ...others] = subjects
      const compared = [...rows.values()].flatMap((row) =>
        others.flatMap((subject) => {
          const line = comparison(row, base, subject)
          return line === undefined ? [] : [line]
        })
      )
      const table = aligned([["median of rounds", "", ...subjects], ...figures])
      return compared.length === 0 ? table : `${table}\n\n${aligned([["ratio", "", "median", "rounds"], ...compared])}`
    }
  }
}
