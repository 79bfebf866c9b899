/** `ghostunnel policy test`: evaluates the `test_*` rules of a policy. */
import { Effect, Result } from "effect"
import type { PolicySource } from "../bundle/Bundle.ts"
import { readBundle } from "../bundle/Bundle.ts"
import { readPolicyPath } from "../bundle/PolicyPath.ts"
import { shortValue } from "../Decision.ts"
import { explain } from "../explanation/Explanation.ts"
import { explanationLines } from "../explanation/ExplanationText.ts"
import { dataReference, Program } from "../explanation/Program.ts"
import { fromLoadError } from "../PolicyLoadError.ts"
import { Budget, Interrupted } from "../rego/Budget.ts"
import type { RuleNode } from "../rego/compiler/RuleTree.ts"
import { EvaluationError } from "../rego/evaluator/Runtime.ts"
import { compile } from "../rego/Rego.ts"
import { LoadError, placeText } from "../rego/syntax/Location.ts"
import { type CommandResult, failure, loadFailure, longestEvaluation } from "./CommandResult.ts"

interface TestResult {
  readonly outcome: "PASS" | "FAIL" | "ERROR"
  readonly lines: ReadonlyArray<string>
}

/** The rules named `test_…`, package by package. */
const testsBelow = (node: RuleNode): ReadonlyArray<RuleNode> =>
  [...node.children.values()].flatMap((child) => [
    ...(child.kind === "complete" && child.path.at(-1)?.startsWith("test_") === true ? [child] : []),
    ...testsBelow(child)
  ])

const placeOf = (node: RuleNode): string => {
  const rule = node.rules[0] ?? node.default
  return rule === undefined ? "" : ` (${placeText(rule.at)})`
}

const explanation = (program: Program, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const reference = dataReference(names)
  const body = [{ form: { kind: "term", term: reference }, negated: false, with: [], at: reference.at }] as const
  const budget = new Budget({ milliseconds: longestEvaluation })
  return explanationLines(explain(program, { input: undefined, budget }, body)).map((line) => `  ${line}`)
}

const runTest = (program: Program, node: RuleNode): TestResult => {
  const names = node.path.slice(1)
  const title = `${node.name}${placeOf(node)}`
  try {
    const value = program.value(names, { input: undefined, budget: new Budget({ milliseconds: longestEvaluation }) })
    if (value === true) return { outcome: "PASS", lines: [`PASS  ${title}`] }
    const found = value === undefined ? "is undefined" : `is ${shortValue(value)}, not true`
    return { outcome: "FAIL", lines: [`FAIL  ${title}: ${found}`, ...explanation(program, names)] }
  } catch (cause) {
    if (cause instanceof EvaluationError) return { outcome: "ERROR", lines: [`ERROR ${title}: ${cause.message}`] }
    if (cause instanceof Interrupted) {
      return { outcome: "ERROR", lines: [`ERROR ${title}: stopped, it takes too long or nests too deeply`] }
    }
    throw cause
  }
}

const programOf = ({ data, modules, path, queryVersion }: PolicySource): Result.Result<Program, CommandResult> => {
  try {
    // Refuses everything that the start of a tunnel would, also what only its limits on nesting stop.
    compile({ modules, query: "true", queryVersion })
    return Result.succeed(new Program({ modules, query: "true", queryVersion, data }))
  } catch (cause) {
    if (cause instanceof LoadError) return Result.fail(loadFailure(fromLoadError(path, cause)))
    throw cause
  }
}

const report = (path: string, program: Program): CommandResult => {
  const tests = testsBelow(program.compiled.tree.root)
  if (tests.length === 0) return failure(`${path} has no rule named test_*`)
  const results = tests.map((node) => runTest(program, node))
  const count = (outcome: TestResult["outcome"]) => results.filter((result) => result.outcome === outcome).length
  const counts = [`${count("PASS")} passed`, `${count("FAIL")} failed`, `${count("ERROR")} with errors`]
  return {
    code: count("PASS") === results.length ? 0 : count("ERROR") > 0 ? 2 : 1,
    out: [...results.flatMap(({ lines }) => lines), counts.join(", ")],
    err: []
  }
}

/** Runs the tests of a directory, a bundle or a file. */
export const testPolicy = Effect.fn("policy.test")(
  function* (path: string) {
    const source = yield* readPolicyPath(path).pipe(
      Effect.flatMap((files) => Effect.fromResult(readBundle(files))),
      Effect.mapError(loadFailure)
    )
    return report(path, yield* Effect.fromResult(programOf(source)))
  },
  Effect.catch((result) => Effect.succeed(result))
)
