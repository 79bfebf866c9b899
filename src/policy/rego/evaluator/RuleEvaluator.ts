/** Evaluates rules: complete ones, functions, and partial sets and objects. Each is compiled when first used. */
import { Interrupted } from "../Budget.ts"
import type { CompiledRule, RuleNode } from "../compiler/RuleTree.ts"
import { type Bound, patternOf } from "../compiler/Unify.ts"
import type { Location } from "../syntax/Location.ts"
import type { Term } from "../syntax/Syntax.ts"
import { setOf } from "../values/Collections.ts"
import { equal } from "../values/Order.ts"
import type { Value } from "../values/Value.ts"
import type { Rules } from "./Documents.ts"
import { type Defined, KeyConflict, PartialObject, type Sink, valueOfDefined } from "./Merge.ts"
import { RuleIndex } from "./RuleIndex.ts"
import {
  type CallCache,
  EvaluationError,
  type Frame,
  type Matcher,
  newFrame,
  type Run,
  type Scope,
  type Step
} from "./Runtime.ts"
import { type Environment, type Functions, Terms } from "./Terms.ts"

/** How deep rules may call each other. */
const deepestCall = 400

interface RuleCode {
  readonly frameSize: () => number
  /** The frame of the rule's last evaluation, used again: no rule is evaluated within itself. */
  frame: Frame | undefined
  readonly args: ReadonlyArray<Matcher>
  /** The rule's own body, then those of its `else` branches. */
  readonly branches: ReadonlyArray<{ readonly step: Step; readonly at: Location }>
  readonly none: Outcome
}

interface Outcome {
  readonly result: Value | undefined
  readonly at: Location
}

interface NodeCode {
  readonly rules: ReadonlyArray<CompiledRule>
  readonly index: RuleIndex
  readonly code: Array<RuleCode | undefined>
  fallback: RuleCode | undefined
  /** All rules give the same constant: the first that holds decides. */
  readonly decidesEarly: boolean
}

const constantValue = (rule: CompiledRule): Value | undefined => {
  const [branch] = rule.branches
  if (rule.branches.length !== 1 || branch?.value?.kind !== "constant") return undefined
  return branch.value.value
}

const sameConstant = (rules: ReadonlyArray<CompiledRule>): boolean => {
  const first = rules[0] === undefined ? undefined : constantValue(rules[0])
  return (
    first !== undefined &&
    rules.every((rule) => {
      const value = constantValue(rule)
      return value !== undefined && equal(value, first)
    })
  )
}

export class RuleEvaluator implements Rules, Functions {
  #environment: Environment | undefined
  readonly #nodes = new Map<RuleNode, NodeCode>()

  /** Ties the knot: rules are compiled with the environment that evaluates them. */
  use(environment: Environment): void {
    this.#environment = environment
  }

  #node(node: RuleNode): NodeCode {
    let known = this.#nodes.get(node)
    if (known === undefined) {
      known = {
        rules: node.rules,
        index: new RuleIndex(node.rules),
        code: [],
        fallback: undefined,
        decidesEarly: sameConstant(node.rules)
      }
      this.#nodes.set(node, known)
    }
    return known
  }

  /** What the rules of a node define; undefined where none holds. */
  value(node: RuleNode, frame: Frame): Value | undefined {
    const { values } = frame.scope
    if (values.has(node)) return values.get(node)
    const value =
      node.kind === "object"
        ? valueOfDefined(this.defined(node, frame))
        : this.#nested(frame.run, () => this.#plain(node, frame))
    values.set(node, value)
    return value
  }

  #plain(node: RuleNode, frame: Frame): Value | undefined {
    if (node.kind === "complete") return this.#single(node, [], frame)
    const members: Array<Value> = []
    this.#partial(node, frame, { add: (_, value) => void members.push(value) }, () => {})
    return setOf(members)
  }

  /** What the rules of an object define. */
  defined(node: RuleNode, frame: Frame): Defined {
    const { objects } = frame.scope
    const known = objects.get(node)
    if (known !== undefined) return known
    const object = new PartialObject()
    const start = (rule: CompiledRule): void => {
      object.collects = rule.member !== undefined
    }
    this.#nested(frame.run, () => this.#partial(node, frame, object, start))
    objects.set(node, object.defined)
    return object.defined
  }

  call(node: RuleNode, args: ReadonlyArray<Value>, frame: Frame): Value | undefined {
    let cache = frame.scope.calls.get(node)
    if (cache === undefined) frame.scope.calls.set(node, (cache = new Map()))
    const last = args.length - 1
    for (let index = 0; index < last; index++) {
      const arg = args[index] ?? null
      const known: CallCache[keyof CallCache] | ReturnType<CallCache["get"]> = cache.get(arg)
      if (known instanceof Map) cache = known
      else {
        const made: CallCache = new Map()
        cache.set(arg, made)
        cache = made
      }
    }
    const key = args[last] ?? null
    const known = cache.get(key)
    if (known !== undefined && "result" in known) return known.result
    const result = this.#nested(frame.run, () => this.#single(node, args, frame))
    cache.set(key, { result })
    return result
  }

  #nested<A>(run: Run, evaluate: () => A): A {
    if (++run.depth > deepestCall) throw new Interrupted("depth")
    const result = evaluate()
    run.depth--
    return result
  }

  /** Rules with one value: complete ones and functions. All that hold must agree. */
  #single(node: RuleNode, args: ReadonlyArray<Value>, { run, scope }: Frame): Value | undefined {
    const code = this.#node(node)
    let found: Value | undefined
    for (const position of code.index.candidates(scope.input, args)) {
      const rule = code.rules[position]
      if (rule === undefined) continue
      run.budget.spend(1)
      const { result, at } = this.#try((code.code[position] ??= this.#compile(rule, node)), args, run, scope)
      if (result === undefined) continue
      if (found !== undefined && !equal(found, result)) throw conflict(node, at)
      found = result
      if (code.decidesEarly) break
    }
    if (found !== undefined || node.default === undefined) return found
    return this.#try((code.fallback ??= this.#compile(node.default, node)), args, run, scope).result
  }

  /** The value of one rule: of the first branch that has one, and that branch's place. */
  #try(code: RuleCode, args: ReadonlyArray<Value>, run: Run, scope: Scope): Outcome {
    const frame = begin(code, run, scope)
    let index = 0
    for (const matches of code.args) if (!matches(frame, args[index++] ?? null)) return code.none
    for (const { step, at } of code.branches) {
      step(frame)
      if (frame.result !== undefined) return { result: frame.result, at }
    }
    return code.none
  }

  #partial(node: RuleNode, { run, scope }: Frame, sink: Sink, start: (rule: CompiledRule) => void): void {
    const code = this.#node(node)
    for (const position of code.index.candidates(scope.input, [])) {
      const rule = code.rules[position]
      if (rule === undefined) continue
      start(rule)
      const compiled = (code.code[position] ??= this.#compile(rule, node))
      const frame = begin(compiled, run, scope)
      frame.sink = sink
      for (const { step } of compiled.branches) step(frame)
    }
  }

  #compile(rule: CompiledRule, node: RuleNode): RuleCode {
    const environment = this.#environment
    const none = { result: undefined, at: rule.at }
    if (environment === undefined) return { frameSize: () => 0, frame: undefined, args: [], branches: [], none }
    const terms = new Terms(environment)
    const bound: Bound = new Set()
    const args = (rule.args ?? []).map((arg): Matcher => {
      const before = new Set(bound)
      const pattern = patternOf(arg, bound)
      return pattern === undefined ? () => false : terms.matcher(pattern, pattern.kind === "equal" ? before : bound)
    })
    const branches = rule.branches.map(({ body, value, at }) => {
      const last = (inner: Bound): Step =>
        node.kind === "set" || node.kind === "object"
          ? collect(rule, value, inner, terms)
          : decide(node, at, value, inner, terms)
      return { step: environment.compileBody(body, new Set(bound), last, terms), at }
    })
    return { frameSize: () => terms.size, frame: undefined, args, branches, none }
  }
}

/** A frame for a rule. What variables held before does not matter: they are read only after they are bound. */
const begin = (code: RuleCode, run: Run, scope: Scope): Frame => {
  const known = code.frame
  if (known === undefined) return (code.frame = newFrame(code.frameSize(), run, scope))
  known.run = run
  known.scope = scope
  known.result = undefined
  known.rows = []
  return known
}

const conflict = (node: RuleNode, at: Location): EvaluationError =>
  new EvaluationError(
    "eval_conflict_error",
    node.kind === "function"
      ? "functions must not produce multiple outputs for same inputs"
      : "complete rules must not produce multiple outputs",
    at
  )

/** The last step of a rule with one value. */
const decide = (node: RuleNode, at: Location, value: Term | undefined, bound: Bound, terms: Terms): Step => {
  if (value === undefined) return () => false
  const getter = terms.getter(value, bound)
  const isConstant = value.kind === "constant"
  return (frame) => {
    const found = getter(frame)
    if (found === undefined) return false
    if (frame.result !== undefined && !equal(frame.result, found)) throw conflict(node, at)
    frame.result = found
    return isConstant
  }
}

/** The last step of a partial rule. */
const collect = (rule: CompiledRule, value: Term | undefined, bound: Bound, terms: Terms): Step => {
  const member = rule.member ?? value
  if (member === undefined) return () => false
  const path = terms.list(rule.suffix, bound)
  const getter = terms.getter(member, bound)
  return (frame) => {
    const [keys, found] = [path(frame), getter(frame)]
    if (keys === undefined || found === undefined) return false
    try {
      frame.sink?.add(keys, found)
    } catch (error) {
      if (!(error instanceof KeyConflict)) throw error
      throw new EvaluationError("eval_conflict_error", error.message, rule.at)
    }
    return false
  }
}
