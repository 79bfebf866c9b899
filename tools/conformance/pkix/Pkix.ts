/** Runs PKIX cases against the built program and reports where it differs from the suites. */
import * as Fs from "node:fs"
import { Effect } from "effect"
import { writeText } from "../Files.ts"
import { skipped, verdict } from "./Bars.ts"
import { type PkixCase, readCases } from "./Cases.ts"
import { groupsOf } from "./Groups.ts"
import { isKnown, type KnownDifference, readKnown } from "./Known.ts"
import { type Options, readOptions } from "./Options.ts"
import { ownCertificate, type Presented, presentGroup, type Setting } from "./Present.ts"
import { isDifference, type Judged, reportOf } from "./Report.ts"

const judge =
  (known: ReadonlyArray<KnownDifference>, { crlMode }: Setting) =>
  ({ answer, each, why }: Presented): Judged => {
    if (answer === undefined) return { each, outcome: each.soft ? "skipped" : "failed", known: false, why }
    return { each, outcome: verdict(each, answer), known: isKnown(known, each.name, answer, crlMode), why }
  }

/** Presents these cases, `jobs` tunnels at a time. */
export const runCases = (
  cases: ReadonlyArray<PkixCase>,
  setting: Setting,
  known: ReadonlyArray<KnownDifference>,
  jobs: number
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const left = cases.flatMap((each): ReadonlyArray<Judged> => {
        const why = skipped(each, setting.crlMode)
        return why === undefined ? [] : [{ each, outcome: "skipped", known: false, why }]
      })
      const own = yield* ownCertificate
      const groups = groupsOf(
        cases.filter((each) => skipped(each, setting.crlMode) === undefined),
        setting.crlMode !== "none"
      )
      const presented = yield* Effect.forEach(groups, (group) => Effect.scoped(presentGroup(group, setting, own)), {
        concurrency: jobs
      })
      return [...left, ...presented.flat().map(judge(known, setting))]
    })
  )

const write = ({ json }: Options, judged: ReadonlyArray<Judged>) =>
  json === undefined
    ? Effect.void
    : writeText(
        json,
        `${JSON.stringify(
          judged.map(({ each: { name, suite }, outcome, why }) => ({ name, suite, outcome, why })),
          undefined,
          1
        )}\n`
      )

/** The command: gives the exit code. */
export const pkix = Effect.fn("pkix")(function* (words: ReadonlyArray<string>) {
  const options = yield* readOptions(words)
  const known = Fs.existsSync(options.expected) ? yield* readKnown(options.expected) : []
  const files = yield* Effect.forEach(options.files, readCases)
  const cases = files.flat().filter(({ name }) => name.includes(options.only))
  const judged = yield* runCases(cases, options, known, options.jobs)
  yield* write(options, judged)
  process.stdout.write(reportOf(judged))
  return judged.some((each) => isDifference(each) && !each.known) ? 1 : 0
})
