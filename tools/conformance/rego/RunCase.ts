/** Runs one case and says why it fails. */
import { Interrupted } from "../../../src/policy/rego/Budget.ts"
import { define } from "../../../src/policy/rego/builtins/Builtin.ts"
import { EvaluationError } from "../../../src/policy/rego/evaluator/Runtime.ts"
import { compile, type QueryResult } from "../../../src/policy/rego/Rego.ts"
import { LoadError } from "../../../src/policy/rego/syntax/Location.ts"
import { nullType, string } from "../../../src/policy/rego/Type.ts"
import { record } from "../../../src/policy/rego/values/Collections.ts"
import { jsonText, parseJson } from "../../../src/policy/rego/values/Json.ts"
import { compare, equal } from "../../../src/policy/rego/values/Order.ts"
import { isArray, isObject, type Value } from "../../../src/policy/rego/values/Value.ts"
import type { RegoCase } from "./Cases.ts"

type Answer =
  | { readonly kind: "results"; readonly results: ReadonlyArray<QueryResult> }
  | { readonly kind: "error"; readonly code: string; readonly text: string; readonly atLoad: boolean }

/** Longer than any case needs; a case that takes longer has found an endless evaluation. */
const limits = { milliseconds: 10_000 }

/** Some cases are written with a pause, for engines that remember results. */
const sleep = define("test.sleep", [string], nullType, () => null)

const inputOf = ({ input, inputTerm }: RegoCase): Value | undefined => {
  if (inputTerm === undefined) return input
  return compile({ modules: [], query: `x = ${inputTerm}` })
    .evaluate({})[0]
    ?.bindings.get("x")
}

const answer = (each: RegoCase): Answer => {
  const { version, modules, query, data, strict } = each
  try {
    const prefix = version === 0 ? "m" : "test-"
    const policy = compile({
      modules: modules.map((text, index) => ({ file: `${prefix}${index}.rego`, text, version })),
      query,
      queryVersion: version,
      functions: [sleep]
    })
    return { kind: "results", results: policy.evaluate({ data, input: inputOf(each), strict, limits }) }
  } catch (error) {
    if (error instanceof LoadError) {
      return { kind: "error", code: error.errors[0]?.code ?? "", text: error.message, atLoad: true }
    }
    if (error instanceof EvaluationError) {
      return { kind: "error", code: error.code, text: error.message, atLoad: false }
    }
    if (error instanceof Interrupted) return { kind: "error", code: "interrupted", text: error.message, atLoad: false }
    return {
      kind: "error",
      code: "crash",
      text: error instanceof Error ? `${error.stack}` : String(error),
      atLoad: false
    }
  }
}

/** A result as JSON has it: sets are arrays. */
const asJson = ({ values, bindings }: QueryResult, withValues: boolean): Value => {
  const bound = record(Object.fromEntries(bindings))
  return parseJson(jsonText(withValues ? record({ values, bindings: bound }) : bound))
}

const sorted = (value: Value): Value => (isArray(value) ? [...value].sort(compare) : value)

/** Bindings with their arrays in order. */
const unordered = (value: Value): Value =>
  isObject(value) ? [...value.sorted()].map(([key, member]) => [key, sorted(member)]) : value

const showResults = (results: ReadonlyArray<Value>): string => jsonText(results).slice(0, 600)

/** Undefined when the case passes, else the reason. With `texts`, error messages must agree as well. */
export const whyItFails = (each: RegoCase, texts: boolean): string | undefined => {
  const { expected } = each
  const found = answer(each)
  if (expected.kind === "error") {
    if (found.kind === "results") {
      const shown = found.results.map((result) => asJson(result, true))
      return `expected ${expected.code}: ${expected.text}\nfound results ${showResults(shown)}`
    }
    const agrees = found.code === expected.code && found.atLoad === expected.atLoad
    const sameText = !texts || found.text.includes(expected.text)
    return agrees && sameText
      ? undefined
      : `expected ${expected.code}: ${expected.text}\nfound ${found.code}: ${found.text}`
  }
  if (found.kind === "error") return `expected results ${showResults(expected.results)}\nfound ${found.text}`
  const shape = each.unordered ? unordered : (value: Value) => value
  const wanted = [...expected.results].map(shape).sort(compare)
  const given = found.results.map((result) => shape(asJson(result, expected.withValues))).sort(compare)
  return equal(wanted, given)
    ? undefined
    : `expected results ${showResults(wanted)}\nfound results ${showResults(given)}`
}
