/** Reads files of Rego cases, in either of their shapes, without losing a digit. */
import { parseJson } from "../../../src/policy/rego/values/Json.ts"
import { isArray, isObject, type RegoObject, type Value } from "../../../src/policy/rego/values/Value.ts"

/** What a case expects. */
export type Expected =
  /** Results: what each binds; and, where the file says so, the values of the query's expressions. */
  | { readonly kind: "results"; readonly results: ReadonlyArray<Value>; readonly withValues: boolean }
  /** An error of the evaluation, or one of loading: the texts are OPA's. */
  | { readonly kind: "error"; readonly code: string; readonly text: string; readonly atLoad: boolean }

export interface RegoCase {
  readonly id: string
  /** The name up to the first slash. */
  readonly group: string
  readonly version: 0 | 1
  readonly modules: ReadonlyArray<string>
  readonly query: string
  readonly data: Value | undefined
  readonly input: Value | undefined
  /** The input as a Rego term. */
  readonly inputTerm: string | undefined
  readonly strict: boolean
  /** Arrays in bindings are compared without their order. */
  readonly unordered: boolean
  readonly expected: Expected
}

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "")

const list = (value: Value | undefined): ReadonlyArray<Value> => (isArray(value) ? value : [])

/** The code in an error text of OPA. */
const codeIn = (message: string): string => /\b((?:rego|eval)_[a-z_]*error)\b/.exec(message)?.[1] ?? ""

const expectedOf = (each: RegoObject): Expected => {
  const load = each.get("want_load_error")
  const message = text(load ?? each.get("want_error"))
  const code = each.get("want_error_code") ?? codeIn(message)
  // A case may also say what a lenient evaluation gives.
  if (code !== "") return { kind: "error", code: text(code), text: message, atLoad: load !== undefined }
  const values = each.get("want_results")
  return { kind: "results", results: list(values ?? each.get("want_result")), withValues: values !== undefined }
}

const caseOf = (each: RegoObject): RegoCase => {
  const id = text(each.get("id"))
  const isOld = id.startsWith("v0:")
  const term = each.get("input_term")
  return {
    id,
    group: id.replace(/^v0:/, "").split("/")[0] ?? id,
    version: isOld ? 0 : 1,
    modules: list(each.get("modules")).map(text),
    query: text(each.get("query")),
    data: each.get("data"),
    input: each.get("input"),
    inputTerm: term === undefined ? undefined : text(term),
    strict: each.get("strict_error") === true,
    unordered: each.get("sort_bindings") === true,
    expected: expectedOf(each)
  }
}

/** The cases of a file. Throws `JsonError`. */
export const readCases = (json: string): ReadonlyArray<RegoCase> => list(parseJson(json)).filter(isObject).map(caseOf)
