/** Terms and patterns to closures. */
import type { Builtin } from "../builtins/Builtin.ts"
import { BuiltinError } from "../builtins/Builtin.ts"
import type { RuleNode, RuleTree } from "../compiler/RuleTree.ts"
import type { Bound, Pattern } from "../compiler/Unify.ts"
import { comprehensionHead } from "../compiler/Variables.ts"
import type { Body, Call, Comprehension, Reference, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { objectOf, setOf } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { equal } from "../values/Order.ts"
import { isArray, isObject, type Key, type Pair, type Value } from "../values/Value.ts"
import { EvaluationError, type Frame, type Getter, type Matcher, newScope, type Step } from "./Runtime.ts"

/** Evaluates functions that rules define. */
export interface Functions {
  readonly call: (node: RuleNode, args: ReadonlyArray<Value>, frame: Frame) => Value | undefined
}

/** Compiles the body of a comprehension; `last` runs for each solution. Adds its variables to `bound`. */
export type CompileBody = (body: Body, bound: Bound, last: (bound: Bound) => Step, terms: Terms) => Step

/** Compiles references. */
export interface ReferenceCompiler {
  /** A reference all of whose parts have values. */
  readonly getter: (reference: Reference, bound: Bound) => Getter
  /** Tries each value of a reference; its path's patterns bind variables. */
  readonly iterate: (
    reference: Reference,
    path: ReadonlyArray<Pattern>,
    bound: Bound
  ) => (frame: Frame, next: (value: Value) => boolean) => boolean
}

export interface Environment {
  readonly tree: RuleTree
  readonly builtins: ReadonlyMap<string, Builtin>
  readonly functions: Functions
  readonly compileBody: CompileBody
  readonly references: (terms: Terms) => ReferenceCompiler
  /** Numbers the constant paths below `input`, the same path always alike. */
  readonly inputPath: (path: ReadonlyArray<Value>) => number
}

/** Compiles the terms of one rule; gives its variables slots in the frame. */
export class Terms {
  readonly environment: Environment
  readonly references: ReferenceCompiler
  readonly #slots = new Map<string, number>()

  constructor(environment: Environment) {
    this.environment = environment
    this.references = environment.references(this)
  }

  /** How many variables a frame holds; final when everything is compiled. */
  get size(): number {
    return this.#slots.size
  }

  slot(name: string): number {
    const known = this.#slots.get(name)
    if (known !== undefined) return known
    const made = this.#slots.size
    this.#slots.set(name, made)
    return made
  }

  getter(term: Term, bound: Bound): Getter {
    switch (term.kind) {
      case "constant": {
        const { value } = term
        return () => value
      }
      case "variable": {
        const slot = this.slot(term.name)
        return (frame) => frame.slots[slot]
      }
      case "reference":
        return this.references.getter(term, bound)
      case "call":
        return this.call(term, bound)
      case "array":
      case "set": {
        const collect = this.list(term.items, bound)
        if (term.kind === "array") return collect
        return (frame) => {
          const items = collect(frame)
          return items === undefined ? undefined : setOf(items)
        }
      }
      case "object": {
        const keys = this.list(
          term.pairs.map(([key]) => key),
          bound
        )
        const values = this.list(
          term.pairs.map(([, value]) => value),
          bound
        )
        return (frame) => {
          const [k, v] = [keys(frame), values(frame)]
          if (k === undefined || v === undefined) return undefined
          return objectOf(k.map((key, index): Pair => [key, v[index] ?? null]))
        }
      }
      case "template":
        return () => undefined
      default:
        return this.#comprehension(term, bound)
    }
  }

  /** The values of terms; undefined when one of them has none. */
  list(terms: ReadonlyArray<Term>, bound: Bound): (frame: Frame) => ReadonlyArray<Value> | undefined {
    const getters = terms.map((term) => this.getter(term, bound))
    return (frame) => {
      const values: Array<Value> = []
      for (const getter of getters) {
        const value = getter(frame)
        if (value === undefined) return undefined
        values.push(value)
      }
      return values
    }
  }

  #comprehension(term: Comprehension, bound: Bound): Getter {
    const last = (inner: Bound): Step => {
      const heads = this.list(comprehensionHead(term), inner)
      return (frame) => {
        const values = heads(frame)
        if (values !== undefined) frame.rows.push(values)
        return false
      }
    }
    const body = this.environment.compileBody(term.body, new Set(bound), last, this)
    const build = (rows: ReadonlyArray<ReadonlyArray<Value>>): Value => {
      if (term.kind === "objectComprehension") return objectOfRows(rows, term.at)
      const values = rows.map(([value = null]) => value)
      return term.kind === "setComprehension" ? setOf(values) : values
    }
    return (frame) => {
      const outer = frame.rows
      const rows: Frame["rows"] = []
      frame.rows = rows
      body(frame)
      frame.rows = outer
      return build(rows)
    }
  }

  /** A call as a value. */
  call(term: Call, bound: Bound): Getter {
    const { tree, builtins, functions } = this.environment
    const args = this.list(term.args, bound)
    const node = tree.functionAt(term.operator)
    if (node !== undefined) {
      return (frame) => {
        const values = args(frame)
        if (values === undefined) return undefined
        return frame.scope.replaced === undefined
          ? functions.call(node, values, frame)
          : this.#replaced(node, values, frame, () => functions.call(node, values, frame))
      }
    }
    const name = operatorName(term.operator) ?? ""
    const builtin = builtins.get(name)
    if (builtin === undefined) return () => undefined
    const direct = this.builtin(builtin, term)
    return (frame) => {
      const values = args(frame)
      if (values === undefined) return undefined
      return frame.scope.replaced === undefined
        ? direct(frame, values)
        : this.#replaced(name, values, frame, () => direct(frame, values))
    }
  }

  /** Calls a built-in itself; its errors are undefined unless the evaluation is strict. */
  builtin(
    builtin: Builtin,
    { at }: Pick<Call, "at">
  ): (frame: Frame, values: ReadonlyArray<Value>) => Value | undefined {
    if ("refused" in builtin) {
      return () => {
        throw new EvaluationError("eval_builtin_error", `${builtin.name}: not available`, at)
      }
    }
    const call =
      "call" in builtin ? builtin.call : (...given: Parameters<typeof builtin.each>) => [...builtin.each(...given)]
    return (frame, values) => {
      frame.run.budget.spend(1)
      try {
        return call(values, frame.run.context)
      } catch (error) {
        return failed(error, frame, at)
      }
    }
  }

  /** Calls what `with` put in a function's place; within it nothing is replaced. */
  #replaced(
    key: string | RuleNode,
    values: ReadonlyArray<Value>,
    frame: Frame,
    original: () => Value | undefined
  ): Value | undefined {
    const replacement = frame.scope.replaced?.get(key)
    if (replacement === undefined) return original()
    if (replacement.kind === "value") return replacement.value
    const outer = frame.scope
    frame.scope = newScope({ ...outer, replaced: undefined })
    try {
      if (replacement.kind === "rule") return this.environment.functions.call(replacement.node, values, frame)
      const builtin = this.environment.builtins.get(replacement.name)
      return builtin === undefined ? undefined : this.builtin(builtin, { at: noPlace })(frame, values)
    } finally {
      frame.scope = outer
    }
  }

  /** A pattern as a matcher. Binds variables in the frame. */
  matcher(pattern: Pattern, bound: Bound): Matcher {
    switch (pattern.kind) {
      case "bind": {
        const slot = this.slot(pattern.name)
        return (frame, value) => {
          frame.slots[slot] = value
          return true
        }
      }
      case "equal": {
        const getter = this.getter(pattern.term, bound)
        return (frame, value) => {
          const expected = getter(frame)
          return expected !== undefined && equal(expected, value)
        }
      }
      case "array": {
        const items = pattern.items.map((item) => this.matcher(item, bound))
        return (frame, value) =>
          isArray(value) &&
          value.length === items.length &&
          items.every((item, index) => item(frame, value[index] ?? null))
      }
      case "object": {
        const pairs = pattern.pairs.map(
          ([key, value]) => [this.getter(key, bound), this.matcher(value, bound)] as const
        )
        return (frame, value) =>
          isObject(value) &&
          value.size === pairs.length &&
          pairs.every(([getter, matches]) => {
            const key = getter(frame)
            const member = key === undefined ? undefined : value.get(key)
            return member !== undefined && matches(frame, member)
          })
      }
    }
  }
}

const objectOfRows = (rows: ReadonlyArray<ReadonlyArray<Value>>, at: Call["at"]): Value => {
  const found = new Map<Key, Pair>()
  for (const [key = null, value = null] of rows) {
    const place = keyOf(key)
    const known = found.get(place)
    if (known !== undefined && !equal(known[1], value)) {
      throw new EvaluationError("eval_conflict_error", "object keys must be unique", at)
    }
    found.set(place, [key, value])
  }
  return objectOf(found.values())
}

const noPlace = { source: { file: "", text: "" }, row: 1, column: 1 }

/** A built-in's error: ends a strict evaluation, else the expression has no value. */
export const failed = (error: unknown, frame: Frame, at: Call["at"]): undefined => {
  if (!(error instanceof BuiltinError)) throw error
  if (frame.run.strict) {
    throw new EvaluationError(error.kind === "type" ? "eval_type_error" : "eval_builtin_error", error.message, at)
  }
  return undefined
}
