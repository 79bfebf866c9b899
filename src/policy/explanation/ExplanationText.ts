/** An explanation as lines of text. */
import { shortValue } from "../Decision.ts"
import type { Attempt } from "./Explanation.ts"

const marks = { holds: "holds", fails: "FAILS", "not reached": "     " } as const

const attemptLines = (attempt: Attempt, indent: string): ReadonlyArray<string> => {
  const fails = attempt.lines.some(({ state }) => state === "fails")
  const outcome = fails ? "does not hold" : "holds"
  return [
    `${indent}${attempt.rule} at ${attempt.file}:${attempt.row} ${outcome}`,
    ...attempt.lines.map(({ row, state, text }) => `${indent}  ${marks[state]}  ${row}: ${text}`.trimEnd()),
    ...attempt.seen.map(
      ({ name, value }) => `${indent}    ${name} is ${value === undefined ? "undefined" : shortValue(value)}`
    ),
    ...attempt.because.flatMap((inner) => attemptLines(inner, `${indent}    `))
  ]
}

/** The bodies that came closest, each with its lines, the values that the failed line saw, and what that line needs. */
export const explanationLines = (attempts: ReadonlyArray<Attempt>): ReadonlyArray<string> =>
  attempts.length === 0 ? [] : ["closest rules:", ...attempts.flatMap((attempt) => attemptLines(attempt, "  "))]
