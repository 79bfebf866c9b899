/**
 * Rego, evaluated here: `compile` modules and a query once, `evaluate` the result as often as needed. Pure: reads no
 * file, opens no connection and keeps no state between evaluations.
 */
import { Budget, Interrupted, type Limits } from "./Budget.ts"
import type { Builtin, BuiltinContext } from "./builtins/Builtin.ts"
import { builtins } from "./builtins/Builtins.ts"
import { compileProgram, type ModuleSource } from "./compiler/Compile.ts"
import { compileBody } from "./evaluator/Bodies.ts"
import { Documents } from "./evaluator/Documents.ts"
import { References } from "./evaluator/References.ts"
import { RuleEvaluator } from "./evaluator/RuleEvaluator.ts"
import { newFrame, newScope, type Run, type Step } from "./evaluator/Runtime.ts"
import { type Environment, Terms } from "./evaluator/Terms.ts"
import { parseQuery } from "./syntax/Parse.ts"
import { emptyObject } from "./values/Collections.ts"
import { keyOf } from "./values/Key.ts"
import type { Value } from "./values/Value.ts"

export interface CompileOptions {
  readonly modules: ReadonlyArray<ModuleSource>
  readonly query: string
  /** The version of the query's syntax; 1 when left out. */
  readonly queryVersion?: 0 | 1
  /** Functions beside those of Rego, by name. */
  readonly functions?: ReadonlyArray<Builtin>
}

export interface EvaluateOptions {
  readonly input?: Value | undefined
  readonly data?: Value | undefined
  readonly limits?: Limits
  /** What `time.now_ns` says, in nanoseconds since 1970; the clock's time when left out. */
  readonly now?: bigint
  /** Seeds `rand` and `uuid`; random when left out. */
  readonly seed?: number
  /** Built-in errors end the evaluation instead of making an expression undefined. */
  readonly strict?: boolean
}

/** One way to satisfy the query. */
export interface QueryResult {
  /** The value of each expression of the query; `true` where it has none of its own. */
  readonly values: ReadonlyArray<Value>
  readonly bindings: ReadonlyMap<string, Value>
}

export interface Policy {
  readonly evaluate: (options: EvaluateOptions) => ReadonlyArray<QueryResult>
}

/** Mulberry32: small, and good enough where nothing secret depends on it. */
const generator = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Numbers paths as they first come. */
const numbering = (): Environment["inputPath"] => {
  const known = new Map<unknown, number>()
  return (path) => {
    const key = keyOf(path)
    const number = known.get(key) ?? known.size
    known.set(key, number)
    return number
  }
}

/** Remembers values for the length of an evaluation. */
const memory = (): BuiltinContext["once"] => {
  const known = new Map<string, Value>()
  return (family, key, make) => {
    const place = `${family}\0${key}`
    const found = known.get(place)
    if (found !== undefined) return found
    const made = make()
    known.set(place, made)
    return made
  }
}

const newRun = (options: EvaluateOptions): Run => {
  const budget = new Budget(options.limits ?? {})
  return {
    budget,
    context: {
      budget,
      now: options.now ?? BigInt(Date.now()) * 1_000_000n,
      random: generator(options.seed ?? Math.random() * 2 ** 32),
      once: memory()
    },
    strict: options.strict ?? false,
    depth: 0
  }
}

/** Compiles modules and a query. Throws `LoadError` with everything found wrong. */
export const compile = (options: CompileOptions): Policy => {
  const query = parseQuery(options.query, { version: options.queryVersion ?? 1 })
  const known = new Map(builtins)
  for (const builtin of options.functions ?? []) known.set(builtin.name, builtin)
  const program = compileProgram(options.modules, query, known)
  const rules = new RuleEvaluator()
  const documents = new Documents(program.tree, rules)
  const environment: Environment = {
    tree: program.tree,
    builtins: known,
    functions: rules,
    compileBody,
    references: (terms) => new References(terms, documents),
    inputPath: numbering()
  }
  rules.use(environment)
  const terms = new Terms(environment)
  const { body, variables, values } = program.query
  const emitters = new WeakMap<Run, (values: ReadonlyArray<Value | undefined>) => void>()
  const step = compileBody(
    body,
    new Set(),
    (): Step => (frame) => {
      emitters.get(frame.run)?.(frame.slots)
      return false
    },
    terms
  )
  const named = variables.map((name) => [name.replace(/\$\d+$/, ""), terms.slot(name)] as const)
  const slots = values.map((name) => (name === undefined ? undefined : terms.slot(name)))
  const evaluate = (given: EvaluateOptions): ReadonlyArray<QueryResult> => {
    const results = new Map<unknown, QueryResult>()
    const run = newRun(given)
    emitters.set(run, (found) => {
      const result = {
        values: slots.map((slot) => (slot === undefined ? true : (found[slot] ?? true))),
        bindings: new Map(named.flatMap(([name, slot]) => bindingOf(name, found[slot])))
      }
      results.set(keyOf([result.values, [...result.bindings.values()]]), result)
    })
    const scope = newScope({
      input: given.input,
      data: given.data ?? emptyObject,
      shadowed: undefined,
      replaced: undefined
    })
    try {
      step(newFrame(terms.size, run, scope))
    } catch (error) {
      // The stack of JavaScript ended: as much a limit as the budget is.
      if (error instanceof RangeError) throw new Interrupted("depth")
      throw error
    }
    return [...results.values()]
  }
  return { evaluate }
}

const bindingOf = (name: string, value: Value | undefined): ReadonlyArray<readonly [string, Value]> =>
  value === undefined ? [] : [[name, value]]
