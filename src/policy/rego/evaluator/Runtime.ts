/** What one evaluation holds: its input, data, replacements, caches and variables. */
import type { Budget } from "../Budget.ts"
import type { BuiltinContext } from "../builtins/Builtin.ts"
import type { RuleNode } from "../compiler/RuleTree.ts"
import { type Location, placeText } from "../syntax/Location.ts"
import type { Value } from "../values/Value.ts"
import type { Defined, Sink } from "./Merge.ts"

export type EvaluationCode = "eval_conflict_error" | "eval_type_error" | "eval_builtin_error" | "eval_internal_error"

/** An error that ends an evaluation. */
export class EvaluationError extends Error {
  readonly code: EvaluationCode
  readonly location: Location
  /** The message without place and code. */
  readonly reason: string
  constructor(code: EvaluationCode, reason: string, location: Location) {
    super(`${placeText(location)}: ${code}: ${reason}`)
    this.code = code
    this.reason = reason
    this.location = location
  }
}

/** What stands in for a function: a value, or another function by its place in the rule tree or its built-in name. */
export type Replacement =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "rule"; readonly node: RuleNode }
  | { readonly kind: "builtin"; readonly name: string }

/** Remembered for a path that leads nowhere. */
export const absent = Symbol("absent")

/** What expressions see; `with` makes another one. */
export interface Scope {
  readonly input: Value | undefined
  readonly data: Value
  /** Places where `with` replaced all that rules define. */
  readonly shadowed: ReadonlySet<RuleNode> | undefined
  /** Functions replaced, by built-in name or node. */
  readonly replaced: ReadonlyMap<string | RuleNode, Replacement> | undefined
  /** Values of rules already evaluated; `undefined` is remembered as such. */
  readonly values: Map<RuleNode, Value | undefined>
  /** What the rules of objects define, before it is joined with what is below. */
  readonly objects: Map<RuleNode, Defined>
  /** What constant paths below `input` lead to, by the number of the path. */
  readonly inputs: Array<Value | typeof absent | undefined>
  /** Results of functions, by node and then operand by operand. */
  readonly calls: Map<RuleNode, CallCache>
}

/** One level for each operand; the last holds results. Operands are found by identity. */
export interface CallCache extends Map<Value, CallCache | { readonly result: Value | undefined }> {}

export const newScope = (scope: Omit<Scope, "values" | "objects" | "inputs" | "calls">): Scope => ({
  ...scope,
  values: new Map(),
  objects: new Map(),
  inputs: [],
  calls: new Map()
})

/** Constant for an evaluation. */
export interface Run {
  readonly budget: Budget
  readonly context: BuiltinContext
  /** Built-in errors end the evaluation instead of making an expression undefined. */
  readonly strict: boolean
  depth: number
}

/** The variables of one rule body. */
export interface Frame {
  readonly slots: Array<Value | undefined>
  run: Run
  scope: Scope
  /** What the rule has found so far. */
  result: Value | undefined
  /** Takes the members of a partial rule. */
  sink: Sink | undefined
  /** What the comprehension now evaluated has found. */
  rows: Array<ReadonlyArray<Value>>
}

export const newFrame = (size: number, run: Run, scope: Scope): Frame => ({
  slots: new Array<Value | undefined>(size).fill(undefined),
  run,
  scope,
  result: undefined,
  sink: undefined,
  rows: []
})

/** Computes a value; undefined where there is none. */
export type Getter = (frame: Frame) => Value | undefined

/** Continues an evaluation; true ends the search for further solutions. */
export type Step = (frame: Frame) => boolean

/** Takes a value apart; false where it does not fit. */
export type Matcher = (frame: Frame, value: Value) => boolean
