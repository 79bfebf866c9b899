/** The value a data file holds, and the place where it is no JSON or YAML. */
import { Result } from "effect"
import type { Problem } from "../PolicyLoadError.ts"
import { Interrupted } from "../rego/Budget.ts"
import { EvaluationError } from "../rego/evaluator/Runtime.ts"
import { compile } from "../rego/Rego.ts"
import { excerpt } from "../rego/syntax/Location.ts"
import { JsonError, parseJson } from "../rego/values/Json.ts"
import type { Value } from "../rego/values/Value.ts"

export interface DataFailure {
  readonly message: string
  readonly problems: ReadonlyArray<Problem>
}

const failure = (file: string, text: string, message: string, row: number, column: number): DataFailure => ({
  message,
  problems: [
    { file, line: row, column, code: "data_error", message, excerpt: excerpt({ source: { file, text }, row, column }) }
  ]
})

const json = (file: string, text: string): Result.Result<Value, DataFailure> => {
  try {
    return Result.succeed(parseJson(text))
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause
    const before = text.slice(0, cause.offset).split("\n")
    const column = (before.at(-1)?.length ?? 0) + 1
    return Result.fail(failure(file, text, `json: ${cause.message}`, before.length, column))
  }
}

/** YAML as `yaml.unmarshal` reads it, with its bounds on depth and aliases. */
const yaml = (file: string, text: string): Result.Result<Value, DataFailure> => {
  try {
    const [result] = compile({ modules: [], query: "yaml.unmarshal(input)" }).evaluate({ input: text, strict: true })
    return Result.succeed(result?.values[0] ?? null)
  } catch (cause) {
    if (cause instanceof Interrupted) return Result.fail({ message: "yaml: too large", problems: [] })
    if (!(cause instanceof EvaluationError)) throw cause
    const message = cause.reason.replace(/^yaml\.unmarshal: /, "")
    const line = /^yaml: line (\d+):/.exec(message)?.[1]
    return Result.fail(line === undefined ? { message, problems: [] } : failure(file, text, message, Number(line), 1))
  }
}

/** Reads a data file; `file` is the name that errors show. */
export const parseData = (file: string, text: string, isJson: boolean): Result.Result<Value, DataFailure> =>
  isJson ? json(file, text) : yaml(file, text)
