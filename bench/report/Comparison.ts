/** Figures of ours against those of others and against the goals. */
import { type Goal, goals, isFor, isMet } from "../Goals.ts"
import { median } from "../Statistics.ts"
import { figuresOf, type Results, type Row, type SubjectResult } from "./Results.ts"

/** A figure or ratio with the goal it has, if it has one. */
export interface Comparison {
  readonly row: Row
  readonly ours: string
  /** Whose figure ours is divided by; undefined when ours itself counts. */
  readonly theirs: string | undefined
  readonly value: number
  readonly rounds: ReadonlyArray<number>
  readonly goal: Goal | undefined
}

const isOurs = ({ kind }: SubjectResult): boolean => kind === "native" || kind === "node" || kind === "auto"

/** One subject's figures divided by another's, of the rounds that both have. */
export const ratiosOf = (row: Row, ours: string, theirs: string): ReadonlyArray<number> =>
  Object.entries(row.figures[ours] ?? {}).flatMap(([round, figure]) => {
    const other = row.figures[theirs]?.[round]
    return other === undefined ? [] : [figure / other]
  })

/** The goal that a comparison has; nothing less than a true run is judged. */
const goalOf = (quick: boolean, row: Row, ours: SubjectResult, theirs: SubjectResult | undefined): Goal | undefined =>
  goals.find((goal) => {
    if (quick || goal.row !== row.title || !isFor(goal, ours.kind)) return false
    if (theirs === undefined || goal.against === undefined) return theirs === undefined && goal.against === undefined
    return goal.against === "binary" ? theirs.kind === "binary" : theirs.name === goal.against
  })

/** What each of ours takes for each unit that another takes: medians of the rounds' ratios. */
export const ratios = ({ quick, rows, subjects }: Results): ReadonlyArray<Comparison> =>
  rows
    .filter((row) => row.compared)
    .flatMap((row) =>
      subjects.filter(isOurs).flatMap((ours, index, all) =>
        [...all.slice(index + 1), ...subjects.filter((each) => !isOurs(each))].flatMap((theirs) => {
          const rounds = ratiosOf(row, ours.name, theirs.name)
          if (rounds.length === 0) return []
          const goal = goalOf(quick, row, ours, theirs)
          return [{ row, ours: ours.name, theirs: theirs.name, value: median(rounds), rounds, goal }]
        })
      )
    )

/** Figures of ours that have a goal themselves. */
export const absolutes = ({ quick, rows, subjects }: Results): ReadonlyArray<Comparison> =>
  rows.flatMap((row) =>
    subjects.filter(isOurs).flatMap((ours) => {
      const rounds = figuresOf(row, ours.name)
      const goal = goalOf(quick, row, ours, undefined)
      if (rounds.length === 0 || goal === undefined) return []
      return [{ row, ours: ours.name, theirs: undefined, value: median(rounds), rounds, goal }]
    })
  )

/** The goal in words; nothing without one. */
export const goalWords = ({ goal }: Comparison): string =>
  goal === undefined ? "" : `${goal.bound === "at most" ? "<=" : ">="} ${goal.value}`

/** Whether the goal is met, as a word; nothing without one. */
export const verdict = ({ goal, value }: Comparison): string =>
  goal === undefined ? "" : isMet(goal, value) ? "met" : "MISSED"
