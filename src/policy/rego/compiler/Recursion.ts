/** Finds rules that depend on themselves. */
import type { Reference } from "../syntax/Syntax.ts"
import type { Errors } from "./Errors.ts"
import { ruleReferences } from "./References.ts"
import type { CompiledRule, RuleNode, RuleTree } from "./RuleTree.ts"

/** A vertex: a node's own rules, or all that is at and below it. */
interface Vertex {
  readonly node: RuleNode
  readonly whole: boolean
}

/** What a reference below `data` may read. */
const reads = (tree: RuleTree, { path }: Reference): ReadonlyArray<Vertex> => {
  const found: Array<Vertex> = []
  let nodes: ReadonlyArray<RuleNode> = [tree.root]
  for (const part of path) {
    for (const node of nodes) if (node.kind !== "package") found.push({ node, whole: false })
    const { value } = part.kind === "constant" ? part : { value: undefined }
    nodes = nodes.flatMap(({ children }) => {
      if (part.kind !== "constant") return [...children.values()]
      const child = typeof value === "string" ? children.get(value) : undefined
      return child === undefined ? [] : [child]
    })
  }
  return [...found, ...nodes.map((node) => ({ node, whole: true }))]
}

export class Recursion {
  readonly #tree: RuleTree
  readonly #edges = new Map<RuleNode, { readonly own: ReadonlyArray<Vertex>; readonly whole: ReadonlyArray<Vertex> }>()

  constructor(tree: RuleTree) {
    this.#tree = tree
  }

  #next({ node, whole }: Vertex): ReadonlyArray<Vertex> {
    let known = this.#edges.get(node)
    if (known === undefined) {
      const rules: ReadonlyArray<CompiledRule> = node.default === undefined ? node.rules : [...node.rules, node.default]
      known = {
        own: rules.flatMap((rule) => ruleReferences(rule).flatMap((reference) => reads(this.#tree, reference))),
        whole: [{ node, whole: false }, ...[...node.children.values()].map((child) => ({ node: child, whole: true }))]
      }
      this.#edges.set(node, known)
    }
    return whole ? known.whole : known.own
  }

  /** Reports each cycle found from a rule not yet visited. Uses no stack of its own depth. */
  check(errors: Errors): void {
    const done = { own: new Set<RuleNode>(), whole: new Set<RuleNode>() }
    const open = { own: new Set<RuleNode>(), whole: new Set<RuleNode>() }
    const table = (vertex: Vertex, sets: typeof done): Set<RuleNode> => (vertex.whole ? sets.whole : sets.own)
    const trail: Array<{ readonly vertex: Vertex; readonly next: Iterator<Vertex> }> = []
    const enter = (vertex: Vertex): void => {
      table(vertex, open).add(vertex.node)
      trail.push({ vertex, next: this.#next(vertex)[Symbol.iterator]() })
    }
    enter({ node: this.#tree.root, whole: true })
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { value, done: ended } = top.next.next()
      if (ended === true || value === undefined) {
        table(top.vertex, open).delete(top.vertex.node)
        table(top.vertex, done).add(top.vertex.node)
        trail.pop()
      } else if (table(value, open).has(value.node)) {
        const start = trail.findIndex(({ vertex }) => vertex.node === value.node && vertex.whole === value.whole)
        const cycle = trail
          .slice(start)
          .map(({ vertex }) => vertex)
          .filter(({ whole }) => !whole)
        const [first] = cycle
        const at = first?.node.rules[0]?.at
        if (first !== undefined && at !== undefined) {
          const names = [...cycle, first].map(({ node }) => node.name)
          errors.add("rego_recursion_error", `rule ${first.node.name} is recursive: ${names.join(" -> ")}`, at)
        }
      } else if (!table(value, done).has(value.node)) enter(value)
    }
  }
}
