/** The report as tables, which the terminal and Markdown show in their own ways. */
import { shareUnit } from "../Scenario.ts"
import { median } from "../Statistics.ts"
import { absolutes, type Comparison, goalWords, ratios, verdict } from "./Comparison.ts"
import { figuresOf, type Results, type Row } from "./Results.ts"

/** A table: words in the first columns, numbers in the others. */
export interface Table {
  readonly title: string
  readonly words: number
  readonly head: ReadonlyArray<string>
  readonly lines: ReadonlyArray<ReadonlyArray<string>>
}

const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? "-" : value.toFixed(digits))

const figures = (title: string, rows: ReadonlyArray<Row>, { subjects }: Results): Table => ({
  title,
  words: 2,
  head: ["", "", ...subjects.map(({ name }) => name)],
  lines: rows.map((row) => [
    row.title,
    row.unit,
    ...subjects.map(({ name }) => fixed(median(figuresOf(row, name)), row.digits))
  ])
})

const compared = (comparison: Comparison, digits: number): ReadonlyArray<string> => [
  comparison.row.title,
  comparison.theirs === undefined ? comparison.ours : `${comparison.ours} / ${comparison.theirs}`,
  comparison.value.toFixed(digits),
  goalWords(comparison),
  verdict(comparison),
  comparison.rounds.map((each) => each.toFixed(digits)).join(" ")
]

/** All tables that have lines. */
export const tablesOf = (results: Results): ReadonlyArray<Table> => {
  const isShare = (row: Row) => row.unit === shareUnit
  const head = ["median", "goal", "", "rounds"]
  return [
    figures(
      "Medians of rounds",
      results.rows.filter((row) => !isShare(row)),
      results
    ),
    {
      title: "Ratios, medians of the rounds' ratios",
      words: 2,
      head: ["", "", ...head],
      lines: ratios(results).map((each) => compared(each, 2))
    },
    {
      title: "Other goals",
      words: 2,
      head: ["", "", ...head],
      lines: absolutes(results).map((each) => compared(each, each.row.digits))
    },
    figures(
      "The load generator's share of the CPU time of generator, proxy and backend",
      results.rows.filter(isShare),
      results
    )
  ].filter(({ lines }) => lines.length > 0)
}

/** For the terminal: columns aligned. */
export const toText = (results: Results): string => {
  const tables = tablesOf(results).map(({ head, lines, title, words }) => {
    const all = [[title, ...head.slice(1)], ...lines]
    const width = (column: number) => Math.max(...all.map((line) => line[column]?.length ?? 0))
    return all
      .map((line) =>
        line
          .map((cell, column) => (column < words ? cell.padEnd(width(column)) : cell.padStart(width(column))))
          .join("  ")
          .trimEnd()
      )
      .join("\n")
  })
  return [...tables, ...results.failures].join("\n\n")
}
