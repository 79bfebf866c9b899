/**
 * What a built-in function is.
 *
 * To add one: write it in the file of its family in this folder, which exports its built-ins as one array, and name a
 * new family's array in `Builtins.ts`. A built-in is pure: it sees its operands and the context, reads nothing else,
 * and changes no value. Take operands apart with `Operands.ts`, which throws the error for an operand of the wrong
 * type. Return `undefined` for "undefined"; throw `BuiltinError` for an error. What loops over data spends the
 * budget: `context.budget.spend(members)`; what builds a large result asks `context.budget.allocate(size)` first.
 */
import type { Budget } from "../Budget.ts"
import type { Type } from "../Type.ts"
import type { Value } from "../values/Value.ts"

/** What a built-in may know of the evaluation it is called in. */
export interface BuiltinContext {
  readonly budget: Budget
  /** Nanoseconds since 1970, the same throughout one evaluation. */
  readonly now: bigint
  /** Numbers in [0, 1), seeded for the evaluation. */
  readonly random: () => number
  /** Remembers results for the evaluation: the same family and key give the same value. */
  readonly once: (family: string, key: string, make: () => Value) => Value
}

interface Named {
  /** The name policies call it by, such as `json.unmarshal`. */
  readonly name: string
  /** One type for each operand: a call that can never fit them is refused at load. */
  readonly args: ReadonlyArray<Type>
  readonly result: Type
  /** The operator it is written as, such as `+`. */
  readonly infix?: string
}

/** A function: one result, or undefined. */
export interface BuiltinFunction extends Named {
  readonly call: (args: ReadonlyArray<Value>, context: BuiltinContext) => Value | undefined
}

/** A relation: any number of results, each tried in turn. */
export interface BuiltinRelation extends Named {
  readonly each: (args: ReadonlyArray<Value>, context: BuiltinContext) => Iterable<Value>
}

/** A name that policies may write but not evaluate: a call is refused at load, unless `with` replaces it. */
export interface RefusedBuiltin extends Named {
  readonly refused: true
}

export type Builtin = BuiltinFunction | BuiltinRelation | RefusedBuiltin

/** `type`: an operand has the wrong type. `builtin`: the function failed on operands of the right type. */
export type BuiltinErrorKind = "type" | "builtin"

/**
 * An error of a built-in. It makes the expression undefined, unless the evaluation is strict. The message is what OPA
 * prints after the code, without place: `div: divide by zero` is `new BuiltinError("builtin", "div: divide by zero")`
 * (the evaluator adds no name).
 */
export class BuiltinError extends Error {
  readonly kind: BuiltinErrorKind
  constructor(kind: BuiltinErrorKind, message: string) {
    super(message)
    this.kind = kind
  }

  get code(): string {
    return this.kind === "type" ? "eval_type_error" : "eval_builtin_error"
  }
}

/** Declares a function. `call` gets exactly as many operands as there are types. */
export const define = (
  name: string,
  args: ReadonlyArray<Type>,
  result: Type,
  call: BuiltinFunction["call"]
): BuiltinFunction => ({ name, args, result, call })
