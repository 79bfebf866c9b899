/** Broken policies: whatever is wrong with them, loading and evaluating fail in their own ways only. */
import * as Fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Interrupted } from "../../../src/policy/rego/Budget.ts"
import { EvaluationError } from "../../../src/policy/rego/evaluator/Runtime.ts"
import { compile } from "../../../src/policy/rego/Rego.ts"
import { LoadError } from "../../../src/policy/rego/syntax/Location.ts"
import { readCases } from "../../../tools/conformance/rego/Cases.ts"

/** A linear congruential generator: the same texts in every run. */
const random = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  "|",
  ",",
  ".",
  ":=",
  "=",
  "==",
  "\n",
  '"',
  "`",
  '$"{',
  "not ",
  "some x in ",
  "every x in ",
  "with input as ",
  "else := ",
  "default ",
  "if ",
  " contains ",
  "input",
  "data",
  "_",
  "x",
  "1",
  "-1",
  "1e9",
  "null",
  "set()",
  "#",
  "\\",
  "\u0000",
  "😀",
  "p",
  "p[x]",
  "import rego.v1\n",
  "import data.test.p as q\n",
  "f(x) := x\n",
  "count(",
  "walk("
]

const mutate = (text: string, others: ReadonlyArray<string>, next: (below: number) => number): string => {
  let result = text
  for (let count = 1 + next(4); count > 0; count--) {
    const at = next(result.length + 1)
    const length = next(3) === 0 ? next(20) : next(3)
    const other = others[next(others.length)] ?? ""
    const from = next(other.length + 1)
    const added = next(3) === 0 ? other.slice(from, from + next(40)) : (pieces[next(pieces.length)] ?? "")
    result = result.slice(0, at) + added + result.slice(at + length)
  }
  return result
}

const outcome = (text: string, query: string, version: 0 | 1): string => {
  try {
    const policy = compile({ modules: [{ file: "p.rego", text, version }], query })
    policy.evaluate({ limits: { steps: 20_000, milliseconds: 200 } })
    return "evaluated"
  } catch (error) {
    if (error instanceof LoadError) return "refused"
    if (error instanceof EvaluationError) return "failed"
    if (error instanceof Interrupted) return "interrupted"
    throw new Error(`of this policy:\n${text}`, { cause: error })
  }
}

describe("a broken policy", () => {
  it.each([0, 1] as const)("of version %s fails as policies may", (version) => {
    const file = new URL(`../../conformance/rego/v${version}.json`, import.meta.url)
    const cases = readCases(Fs.readFileSync(file, "utf8")).filter(({ modules }) => modules.length === 1)
    const texts = cases.flatMap(({ modules }) => modules)
    const next = random(20_260 + version)
    const outcomes = new Set<string>()
    for (let run = 0; run < Number(process.env["FUZZ_RUNS"] ?? 1_000); run++) {
      const each = cases[next(cases.length)]
      outcomes.add(outcome(mutate(each?.modules[0] ?? "", texts, next), each?.query ?? "data", version))
    }
    assert.isTrue(outcomes.has("refused") && outcomes.has("evaluated"))
  })
})
