/** What counts as right: each suite has its own bar. Pure. */
import type { Answer, PkixCase } from "./Cases.ts"

/** How the lists of the cases are used: `none` leaves them out. */
export type CrlMode = "none" | "strict" | "warn"

/** How an answer compares to the bar. */
export type Verdict = "right" | "accepted wrongly" | "refused wrongly"

/** Why a case is not presented in this mode; undefined when it is. */
export const skipped = (each: PkixCase, mode: CrlMode): string | undefined => {
  if (each.notApplicable !== undefined) return each.notApplicable
  if (each.key === undefined) return "no private key"
  return each.needsLists && mode === "none" ? "needs revocation lists" : undefined
}

const wrong = (answer: Answer): Verdict => (answer === "accept" ? "accepted wrongly" : "refused wrongly")

/**
 * limbo has opinions that no implementation follows in full: there an answer is wrong only where the product accepts
 * what the Go program refuses, or refuses what both the suite and the Go program accept.
 */
export const verdict = ({ expected, go, soft, suite }: PkixCase, answer: Answer): Verdict => {
  if (soft) return "right"
  if (suite !== "x509-limbo") return answer === expected ? "right" : wrong(answer)
  if (answer === "accept") return go === "refuse" ? "accepted wrongly" : "right"
  return expected === "accept" && go === "accept" ? "refused wrongly" : "right"
}
