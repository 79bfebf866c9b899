/** Runs Rego cases and reports how many of each group pass. */
import { Effect } from "effect"
import { JsonError } from "../../../src/policy/rego/values/Json.ts"
import { ConformanceError, readText } from "../Files.ts"
import { type RegoCase, readCases } from "./Cases.ts"
import { whyItFails } from "./RunCase.ts"

interface Judged {
  readonly each: RegoCase
  readonly why: string | undefined
}

const options = ["--why", "--texts"]

const read = (path: string, text: string) =>
  Effect.try({
    try: () => readCases(text),
    catch: (error) =>
      new ConformanceError({
        message: `${path}: ${error instanceof JsonError ? error.message : "not a file of cases"}`
      })
  })

const counts = (judged: ReadonlyArray<Judged>): string =>
  `${judged.filter(({ why }) => why === undefined).length} of ${judged.length}`

/** The command: prints `N of M` for each group and, last, in total; gives the exit code. */
export const rego = Effect.fn("rego")(function* (words: ReadonlyArray<string>) {
  const files = words.filter((word) => !word.startsWith("--"))
  const unknown = words.find((word) => word.startsWith("--") && !options.includes(word) && !word.startsWith("--only="))
  if (unknown !== undefined) return yield* new ConformanceError({ message: `unknown option ${unknown}` })
  if (files.length === 0) return yield* new ConformanceError({ message: "rego: name at least one file of cases" })
  const only = words.find((word) => word.startsWith("--only="))?.slice("--only=".length) ?? ""
  const judged: Array<Judged> = []
  for (const file of files) {
    const cases = yield* read(file, yield* readText(file))
    for (const each of cases) {
      if (each.id.includes(only)) judged.push({ each, why: whyItFails(each, words.includes("--texts")) })
    }
  }
  if (words.includes("--why")) {
    for (const { each, why } of judged) if (why !== undefined) process.stdout.write(`${each.id}\n${why}\n\n`)
  }
  for (const [group, members] of Map.groupBy(judged, ({ each }) => each.group)) {
    process.stdout.write(`${group}: ${counts(members)}\n`)
  }
  process.stdout.write(`${counts(judged)}\n`)
  return judged.every(({ why }) => why === undefined) ? 0 : 1
})
