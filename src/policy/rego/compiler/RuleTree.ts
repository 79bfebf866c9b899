/** The tree of all rules, by the part of their heads that is known before evaluation. */
import type { Location } from "../syntax/Location.ts"
import type { Body, Reference, Term } from "../syntax/Syntax.ts"
import type { Errors } from "./Errors.ts"

/** One value and the body under which it holds: the rule's own, or that of an `else`. */
export interface Branch {
  readonly value: Term | undefined
  readonly body: Body
  readonly at: Location
}

/** A rule, resolved and ordered. */
export interface CompiledRule {
  /** What follows the known part of the head: `[x].y` of `p[x].y`. */
  readonly suffix: ReadonlyArray<Term>
  readonly args: ReadonlyArray<Term> | undefined
  /** The member of a partial set. */
  readonly member: Term | undefined
  readonly branches: ReadonlyArray<Branch>
  readonly at: Location
}

/** What a place in the tree is. */
export type NodeKind =
  /** No rule: an object of what is below. */
  | "package"
  | "complete"
  | "set"
  /** An object whose keys rules compute. */
  | "object"
  | "function"

export class RuleNode {
  /** `data.a.b`. */
  readonly path: ReadonlyArray<string>
  readonly children = new Map<string, RuleNode>()
  readonly rules: Array<CompiledRule> = []
  kind: NodeKind = "package"
  arity = 0
  default: CompiledRule | undefined
  /** A module has this package, with or without rules. */
  isDeclared = false

  constructor(path: ReadonlyArray<string>) {
    this.path = path
  }

  get name(): string {
    return pathText(this.path)
  }

  child(name: string): RuleNode {
    const known = this.children.get(name)
    if (known !== undefined) return known
    const made = new RuleNode([...this.path, name])
    this.children.set(name, made)
    return made
  }
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/

export const pathText = (path: ReadonlyArray<string>): string =>
  path
    .map((name, index) => (index === 0 ? name : plainName.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`))
    .join("")

/** The names at the beginning of a path, and what follows them. */
export const splitPath = (
  path: ReadonlyArray<Term>
): { readonly names: ReadonlyArray<string>; readonly rest: ReadonlyArray<Term> } => {
  const names: Array<string> = []
  for (const part of path) {
    if (part.kind !== "constant" || typeof part.value !== "string") break
    names.push(part.value)
  }
  return { names, rest: path.slice(names.length) }
}

/** What a rule's head alone says. */
export interface Declaration {
  readonly reference: Reference
  readonly arity: number | undefined
  readonly isSet: boolean
  readonly isDefault: boolean
  readonly at: Location
}

interface Entry {
  readonly node: RuleNode
  readonly declarations: Array<Declaration>
}

export class RuleTree {
  readonly root = new RuleNode(["data"])
  readonly #declared = new Map<RuleNode, Entry>()
  readonly #packages = new Map<RuleNode, Location>()

  /** The node for a path below `data`; made when there is none. */
  node(names: ReadonlyArray<string>): RuleNode {
    return names.reduce((node, name) => node.child(name), this.root)
  }

  find(names: ReadonlyArray<string>): RuleNode | undefined {
    return names.reduce<RuleNode | undefined>((node, name) => node?.children.get(name), this.root)
  }

  declarePackage(names: ReadonlyArray<string>, at: Location): void {
    const node = this.node(names)
    node.isDeclared = true
    if (!this.#packages.has(node)) this.#packages.set(node, at)
  }

  /** Enters a rule's head. */
  declare(declaration: Declaration): RuleNode {
    const { names, rest } = splitPath(declaration.reference.path)
    const node = this.node(names)
    const entry = this.#declared.get(node) ?? { node, declarations: [] }
    this.#declared.set(node, entry)
    entry.declarations.push(declaration)
    const { arity, isSet } = declaration
    node.kind = arity !== undefined ? "function" : rest.length > 0 ? "object" : isSet ? "set" : "complete"
    node.arity = arity ?? 0
    return node
  }

  /** The function a reference names. */
  functionAt(term: Term): RuleNode | undefined {
    if (term.kind !== "reference" || term.head.kind !== "variable" || term.head.name !== "data") return undefined
    const { names, rest } = splitPath(term.path)
    const node = rest.length === 0 ? this.find(names) : undefined
    return node?.kind === "function" ? node : undefined
  }

  /** Reports rules that cannot stand beside each other. */
  check(errors: Errors): void {
    for (const { node, declarations } of this.#declared.values()) {
      const [first] = declarations
      if (first === undefined) continue
      const ground = declarations.filter(({ reference }) => reference.path.every((part) => part.kind === "constant"))
      const shapes = new Set(declarations.map(({ arity, isSet }) => `${arity} ${isSet}`))
      const complete = ground.filter(({ isSet }) => !isSet)
      const defaults = declarations.filter(({ isDefault }) => isDefault)
      if (ground.length > 0 && node.children.size > 0) {
        const below = leaves(node).map((leaf) => leaf.name)
        errors.add("rego_type_error", `rule ${node.name} conflicts with [${below.join(" ")}]`, first.at)
      } else if (shapes.size > 1 || (complete.length > 0 && complete.length < declarations.length)) {
        errors.add("rego_type_error", `conflicting rules ${node.name} found`, first.at)
      } else if (defaults.length > 1) {
        errors.add("rego_type_error", `multiple default rules ${node.name} found`, first.at)
      }
    }
    for (const [node, at] of this.#packages) {
      const rule = this.#declared.get(node)?.declarations[0]
      if (rule === undefined) continue
      errors.add(
        "rego_type_error",
        `package ${node.name.slice(5)} conflicts with rule ${node.name} defined at ${rule.at.source.file}:${rule.at.row}`,
        at
      )
    }
  }
}

/** The rules below a node. */
const leaves = (node: RuleNode): ReadonlyArray<RuleNode> =>
  [...node.children.values()].flatMap((child) => [...(child.kind === "package" ? [] : [child]), ...leaves(child)])
