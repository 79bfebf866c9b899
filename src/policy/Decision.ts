/** What a policy's answer means for the peer. */
import { Interrupted } from "./rego/Budget.ts"
import { EvaluationError } from "./rego/evaluator/Runtime.ts"
import type { QueryResult } from "./rego/Rego.ts"
import { type Value, valueText } from "./rego/values/Value.ts"

/** Why a query did not allow. */
export type DenialReason =
  /** No result at all. */
  | { readonly kind: "undefined" }
  /** One result whose only expression is not the boolean true. */
  | { readonly kind: "value"; readonly value: Value }
  /** The query binds variables: `x := data.policy.allow`. */
  | { readonly kind: "bindings"; readonly names: ReadonlyArray<string> }
  /** The query has several expressions: `data.policy.allow; true`. */
  | { readonly kind: "expressions"; readonly count: number }
  /** The query has several results. */
  | { readonly kind: "results"; readonly count: number }

export type Decision =
  | { readonly kind: "allowed" }
  | { readonly kind: "denied"; readonly reason: DenialReason }
  /** The evaluation ended with an error. It counts as a denial: `message` is what the peer's refusal says. */
  | { readonly kind: "failed"; readonly message: string }
  /** The evaluation used up its budget: no decision. */
  | { readonly kind: "interrupted"; readonly budget: Interrupted["reason"] }

const denied = (reason: DenialReason): Decision => ({ kind: "denied", reason })

/** Allowed only if there is exactly one result, with no bindings and exactly one expression, which is `true`. */
export const decide = (results: ReadonlyArray<QueryResult>): Decision => {
  const [result] = results
  if (result === undefined) return denied({ kind: "undefined" })
  if (result.bindings.size > 0) return denied({ kind: "bindings", names: [...result.bindings.keys()] })
  if (result.values.length !== 1) return denied({ kind: "expressions", count: result.values.length })
  if (results.length > 1) return denied({ kind: "results", count: results.length })
  const [value = null] = result.values
  return value === true ? { kind: "allowed" } : denied({ kind: "value", value })
}

/** Evaluates and decides. Throws only what is a fault of the interpreter. */
export const decideBy = (evaluate: () => ReadonlyArray<QueryResult>): Decision => {
  try {
    return decide(evaluate())
  } catch (cause) {
    if (cause instanceof EvaluationError) return { kind: "failed", message: `policy returned error: ${cause.message}` }
    if (cause instanceof Interrupted) return { kind: "interrupted", budget: cause.reason }
    throw cause
  }
}

/** Longer values are cut in messages. */
const longestValue = 200

// What would move a terminal's cursor or reorder its text.
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A value as one short printable line. */
export const shortValue = (value: Value): string => {
  const text = valueText(value).replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

/** What the query's value was, as the end of a sentence that begins with the query. */
export const reasonText = (reason: DenialReason): string => {
  switch (reason.kind) {
    case "undefined":
      return "is undefined"
    case "value":
      return `is ${shortValue(reason.value)}, not true`
    case "bindings":
      return `binds variables (${reason.names.join(", ")}), so it never allows`
    case "expressions":
      return `has ${reason.count} expressions, so it never allows`
    case "results":
      return `has ${reason.count} results, so it never allows`
  }
}
