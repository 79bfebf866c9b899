/** Everything a run found: what `--json` writes and `--from` reads. */
import * as Fs from "node:fs"
import { Schema } from "effect"

const SubjectResult = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["native", "node", "auto", "binary", "other"]),
  version: Schema.String
})

const Row = Schema.Struct({
  scenario: Schema.String,
  title: Schema.String,
  unit: Schema.String,
  digits: Schema.Finite,
  /** Whether proxies are compared by it. */
  compared: Schema.Boolean,
  /** By subject and round. */
  figures: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Finite))
})

const Results = Schema.Struct({
  /** Whether amounts were too small for figures to mean anything: goals are not judged then. */
  quick: Schema.Boolean,
  command: Schema.Array(Schema.String),
  conditions: Schema.Array(Schema.String),
  subjects: Schema.Array(SubjectResult),
  rows: Schema.Array(Row),
  /** Scenarios that a proxy could not carry out, and why. */
  failures: Schema.Array(Schema.String)
})

/** A proxy that took part. */
export type SubjectResult = typeof SubjectResult.Type

/** One figure by subject and round. */
export type Row = typeof Row.Type

/** A run, or several put together. */
export type Results = typeof Results.Type

/** Reads what `--json` wrote. Throws when the file holds something else. */
export const readResults = (file: string): Results =>
  Schema.decodeUnknownSync(Results)(JSON.parse(Fs.readFileSync(file, "utf8")))

/** One subject's figures of a row, by round. */
export const figuresOf = (row: Row, subject: string): ReadonlyArray<number> => Object.values(row.figures[subject] ?? {})

/** A row with a subject's figure of one more round. */
const withFigure = (row: Row, subject: string, round: string, figure: number): Row => ({
  ...row,
  figures: { ...row.figures, [subject]: { ...row.figures[subject], [round]: figure } }
})

/** Rows with one more figure; a row that is not there yet comes last. */
export const addFigure = (
  rows: ReadonlyArray<Row>,
  added: Omit<Row, "figures">,
  subject: string,
  round: string,
  figure: number
): ReadonlyArray<Row> => {
  const known = rows.some((row) => row.title === added.title)
  const all = known ? rows : [...rows, { ...added, figures: {} }]
  return all.map((row) => (row.title === added.title ? withFigure(row, subject, round, figure) : row))
}

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

/** Puts runs together: rounds of different runs are different rounds. */
export const together = (runs: ReadonlyArray<Results>): Results => {
  const rows = runs.flatMap((run, number) =>
    run.rows.flatMap(({ figures, ...row }) =>
      Object.entries(figures).flatMap(([subject, rounds]) =>
        Object.entries(rounds).map(([round, figure]) => ({ row, subject, round: `${number + 1}.${round}`, figure }))
      )
    )
  )
  const subjects = runs.flatMap((run) => run.subjects)
  return {
    quick: runs.some((run) => run.quick),
    command: distinct(runs.flatMap((run) => run.command)),
    conditions: distinct(runs.flatMap((run) => run.conditions)),
    subjects: subjects.filter(({ name }, index) => subjects.findIndex((each) => each.name === name) === index),
    rows: rows.reduce<ReadonlyArray<Row>>(
      (all, { figure, round, row, subject }) => addFigure(all, row, subject, round, figure),
      []
    ),
    failures: distinct(runs.flatMap((run) => run.failures))
  }
}
