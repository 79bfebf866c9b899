/**
 * A compiled policy whose parts can be evaluated one by one: single rules for `policy test`, and parts of rule bodies to
 * explain a denial. Not for handshakes, which evaluate a query as a whole.
 */
import { type Budget, Interrupted } from "../rego/Budget.ts"
import { builtins } from "../rego/builtins/Builtins.ts"
import { Bound } from "../rego/compiler/Bound.ts"
import { type Program as Compiled, compileProgram, type ModuleSource } from "../rego/compiler/Compile.ts"
import { compileBody } from "../rego/evaluator/Bodies.ts"
import { Documents } from "../rego/evaluator/Documents.ts"
import { References } from "../rego/evaluator/References.ts"
import { RuleEvaluator } from "../rego/evaluator/RuleEvaluator.ts"
import { type Frame, newFrame, newScope, type Run } from "../rego/evaluator/Runtime.ts"
import { Terms } from "../rego/evaluator/Terms.ts"
import { parseQuery } from "../rego/syntax/Parse.ts"
import type { Body, Reference, Term } from "../rego/syntax/Syntax.ts"
import { constant, variable } from "../rego/syntax/TermParser.ts"
import { keyOf } from "../rego/values/Key.ts"
import type { RegoObject, Value } from "../rego/values/Value.ts"

export interface ProgramOptions {
  readonly modules: ReadonlyArray<ModuleSource>
  readonly query: string
  readonly queryVersion: 0 | 1
  readonly data: RegoObject
}

/** What one evaluation sees. */
export interface World {
  readonly input: Value | undefined
  /** Spent by every evaluation that is given it. */
  readonly budget: Budget
}

const newRun = (budget: Budget): Run => {
  const known = new Map<string, Value>()
  return {
    budget,
    context: {
      budget,
      now: BigInt(Date.now()) * 1_000_000n,
      random: Math.random,
      once: (family, key, make) => {
        const place = `${family}\0${key}`
        const value = known.get(place) ?? make()
        known.set(place, value)
        return value
      }
    },
    strict: false,
    depth: 0
  }
}

/** Numbers the paths below `input` that the evaluator remembers. */
const numbering = () => {
  const known = new Map<unknown, number>()
  return (path: ReadonlyArray<Value>): number => {
    const key = keyOf(path)
    const number = known.get(key) ?? known.size
    known.set(key, number)
    return number
  }
}

/** A reference below `data`. */
export const dataReference = (names: ReadonlyArray<string>): Reference => {
  const at = { source: { file: "", text: "" }, row: 1, column: 1 }
  return { kind: "reference", head: variable("data", at), path: names.map((name) => constant(name, at)), at }
}

export class Program {
  readonly compiled: Compiled
  readonly #data: RegoObject
  readonly #terms: () => Terms

  /** Throws `LoadError`. */
  constructor({ data, modules, query, queryVersion }: ProgramOptions) {
    this.compiled = compileProgram(modules, parseQuery(query, { version: queryVersion }), builtins)
    this.#data = data
    const rules = new RuleEvaluator()
    const documents = new Documents(this.compiled.tree, rules)
    const environment = {
      tree: this.compiled.tree,
      builtins,
      functions: rules,
      compileBody,
      references: (terms: Terms) => new References(terms, documents),
      inputPath: numbering()
    }
    rules.use(environment)
    rules.prepare(this.compiled.nodes)
    this.#terms = () => new Terms(environment)
  }

  #frame(size: number, { budget, input }: World): Frame {
    const scope = newScope({ input, data: this.#data, shadowed: undefined, replaced: undefined })
    return newFrame(size, newRun(budget), scope)
  }

  /** Whether a body, ordered as the compiler left it, has a solution. */
  holds(body: Body, world: World): boolean {
    return this.values(body, [], world) !== undefined
  }

  /**
   * The values of terms under the first solution of a body; undefined when it has none. A term whose variables the body
   * leaves unbound, or that has no value, is undefined. Throws `EvaluationError` and `Interrupted`.
   */
  values(body: Body, wanted: ReadonlyArray<Term>, world: World): ReadonlyArray<Value | undefined> | undefined {
    const terms = this.#terms()
    let found: ReadonlyArray<Value | undefined> | undefined
    const step = compileBody(
      body,
      new Bound(),
      (bound) => {
        const getters = wanted.map((term) => terms.getter(term, bound))
        return (frame) => {
          found = getters.map((getter) => getter(frame))
          return true
        }
      },
      terms
    )
    try {
      step(this.#frame(terms.size, world))
    } catch (cause) {
      if (cause instanceof RangeError) throw new Interrupted("depth")
      throw cause
    }
    return found
  }

  /** The value of a rule or document below `data`. */
  value(names: ReadonlyArray<string>, world: World): Value | undefined {
    return this.values([], [dataReference(names)], world)?.[0]
  }
}
