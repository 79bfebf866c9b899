/** Which rule bodies came closest to making a query true, and where each of them failed. */
import { Interrupted } from "../rego/Budget.ts"
import { Bound } from "../rego/compiler/Bound.ts"
import { isDataReference, visitBody } from "../rego/compiler/References.ts"
import type { RuleNode } from "../rego/compiler/RuleTree.ts"
import { splitPath } from "../rego/compiler/RuleTree.ts"
import { isBound } from "../rego/compiler/Unify.ts"
import { EvaluationError } from "../rego/evaluator/Runtime.ts"
import type { Location } from "../rego/syntax/Location.ts"
import type { Body, Expression, Reference, Term, With } from "../rego/syntax/Syntax.ts"
import type { Value } from "../rego/values/Value.ts"
import type { Program, World } from "./Program.ts"

/** A line of a body that was evaluated. */
export interface BodyLine {
  readonly row: number
  readonly text: string
  readonly state: "holds" | "fails" | "not reached"
}

/** A reference in the expression that failed, with its value there. */
export interface SeenValue {
  readonly name: string
  readonly value: Value | undefined
}

/** One body that did not hold, or that held with another value than true. */
export interface Attempt {
  readonly rule: string
  readonly file: string
  readonly row: number
  readonly lines: ReadonlyArray<BodyLine>
  readonly seen: ReadonlyArray<SeenValue>
  /** The bodies of the rules that the failed expression needs. */
  readonly because: ReadonlyArray<Attempt>
}

/** How many bodies of one rule, and how many rules below each other, an explanation shows. */
const mostAttempts = 3
const deepest = 4
/** How many bodies of one rule are evaluated for it. */
const mostBodies = 200

const lineText = ({ row, source }: Location): string => source.text.split("\n", row)[row - 1]?.trim() ?? ""

/** How many expressions of a body hold together, from its beginning. */
const progressOf = (program: Program, body: Body, world: World): number => {
  for (let count = body.length; count > 0; count--) {
    try {
      if (program.holds(body.slice(0, count), world)) return count
    } catch (cause) {
      if (!(cause instanceof EvaluationError)) throw cause
    }
  }
  return 0
}

const linesOf = (body: Body, progress: number): ReadonlyArray<BodyLine> => {
  const lines = new Map<number, BodyLine>()
  for (const [index, { at }] of body.entries()) {
    const state = index < progress ? "holds" : index === progress ? "fails" : "not reached"
    const known = lines.get(at.row)
    // A line holds only if all of it does.
    if (known === undefined || known.state === "holds") lines.set(at.row, { row: at.row, text: lineText(at), state })
  }
  return [...lines.values()].sort((a, b) => a.row - b.row)
}

/** A reference as it is written, as far as it has no variables. */
const nameOf = ({ head, path }: Reference): string | undefined => {
  const { names, rest } = splitPath(path)
  if (head.kind !== "variable" || rest.length > 0) return undefined
  return [head.name, ...names].join(".")
}

/** The references below `input` and `data` in an expression, each once. */
const referencesIn = (body: Body): ReadonlyMap<string, Reference> => {
  const found = new Map<string, Reference>()
  visitBody(body, [], (term: Term) => {
    if (term.kind !== "reference" || term.head.kind !== "variable") return
    const name = nameOf(term)
    if (name !== undefined && (term.head.name === "input" || isDataReference(term))) found.set(name, term)
  })
  return found
}

interface Ranked {
  /** How much of the body holds, from 0 to 1: lines first, parts of a line among equals. */
  readonly share: number
  readonly attempt: () => Attempt
}

class Explainer {
  readonly #program: Program
  readonly #world: World
  readonly #open = new Set<RuleNode>()
  /** The `with` that the bodies now explained are under. */
  #modifiers: ReadonlyArray<With> = []

  constructor(program: Program, world: World) {
    this.#program = program
    this.#world = world
  }

  /** The rule that a reference names, or is inside of. */
  #nodeOf(reference: Reference): RuleNode | undefined {
    const { names } = splitPath(reference.path)
    for (let length = names.length; length > 0; length--) {
      const node = this.#program.compiled.tree.find(names.slice(0, length))
      if (node !== undefined) return node.kind === "package" || node.kind === "function" ? undefined : node
    }
    return undefined
  }

  /** The rules that the expressions need. */
  below(body: Body, depth: number): ReadonlyArray<Attempt> {
    if (depth > deepest) return []
    const nodes = new Set<RuleNode>()
    for (const reference of referencesIn(body).values()) {
      const node = isDataReference(reference) ? this.#nodeOf(reference) : undefined
      if (node !== undefined && !this.#open.has(node)) nodes.add(node)
    }
    return [...nodes].flatMap((node) => this.#rule(node, depth))
  }

  #rule(node: RuleNode, depth: number): ReadonlyArray<Attempt> {
    this.#open.add(node)
    const ranked = node.rules
      .flatMap(({ branches }) => branches)
      .slice(0, mostBodies)
      .flatMap(({ at, body: own }): ReadonlyArray<Ranked> => {
        const body = own.map((each) => ({ ...each, with: [...this.#modifiers, ...each.with] }))
        const progress = progressOf(this.#program, body, this.#world)
        // What holds explains no denial, unless nothing else is there.
        const lines = linesOf(body, progress)
        const held = lines.filter(({ state }) => state === "holds").length
        const share = progress === body.length ? -1 : held / lines.length + progress / body.length / 1_000
        return [{ share, attempt: () => this.#attempt(node, at, body, progress, depth) }]
      })
      .sort((a, b) => b.share - a.share)
    const attempts = ranked.slice(0, mostAttempts).map(({ attempt }) => attempt())
    this.#open.delete(node)
    return attempts
  }

  #attempt(node: RuleNode, at: Location, body: Body, progress: number, depth: number): Attempt {
    const failing = body[progress]
    // The compiler makes several steps of one expression: what a reader takes for it is its line.
    const line = body.filter((each, index) => index <= progress && each.at.row === failing?.at.row)
    return {
      rule: node.name,
      file: at.source.file,
      row: at.row,
      lines: linesOf(body, progress),
      seen: this.#seen(body.slice(0, progress), line),
      because: failing === undefined || failing.negated ? [] : this.#below(failing, depth + 1)
    }
  }

  /** The rules that an expression needs, as they are under its `with`. */
  #below(failing: Expression, depth: number): ReadonlyArray<Attempt> {
    // Values that need the variables of this body cannot be taken along.
    if (failing.with.some(({ value }) => !isBound(value, new Bound()))) return []
    const outer = this.#modifiers
    this.#modifiers = failing.with
    const attempts = this.below([failing], depth)
    this.#modifiers = outer
    return attempts
  }

  #seen(before: Body, line: Body): ReadonlyArray<SeenValue> {
    if (line.some((each) => each.with.length > 0)) return []
    const references = [...referencesIn(line)].filter(
      ([, reference]) => !isDataReference(reference) || this.#program.compiled.tree.functionAt(reference) === undefined
    )
    try {
      const terms = references.map(([, reference]) => reference)
      const values = this.#program.values(before, terms, this.#world)
      return references.map(([name], index) => ({ name, value: values?.[index] }))
    } catch (cause) {
      if (cause instanceof EvaluationError) return []
      throw cause
    }
  }
}

/**
 * The bodies that came closest, of the rules that a body names: the query's, when none is given. Evaluates bodies part by part: many times the work of the
 * evaluation itself, so it is for commands and logs, within limits of its own. Empty when those are used up.
 */
export const explain = (
  program: Program,
  world: World,
  body: Body = program.compiled.query.body
): ReadonlyArray<Attempt> => {
  try {
    return new Explainer(program, world).below(body, 1)
  } catch (cause) {
    // An explanation is given where it is cheap enough; the decision stands without it.
    if (cause instanceof Interrupted || cause instanceof RangeError) return []
    throw cause
  }
}
