/** Refuses calls of built-ins that are never evaluated, unless `with` replaces every one of them. */
import type { Builtin } from "../builtins/Builtin.ts"
import type { Location } from "../syntax/Location.ts"
import type { Body, With } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import type { Errors } from "./Errors.ts"
import { isDataReference, type Visitor, visitBody, visitRule } from "./References.ts"
import { RuleNode, type RuleTree, splitPath } from "./RuleTree.ts"

/** Refused built-ins a rule would call, each with the place of a call. */
type Needs = Map<string, Location>

const replaced = (modifiers: ReadonlyArray<With>): ReadonlySet<string> =>
  new Set(modifiers.map(({ target }) => operatorName(target)).filter((name) => name !== undefined))

const nodesAt = (tree: RuleTree, names: ReadonlyArray<string>): ReadonlyArray<RuleNode> => {
  const found: Array<RuleNode> = []
  let node: RuleNode | undefined = tree.root
  for (const name of names) {
    node = node?.children.get(name)
    if (node !== undefined) found.push(node)
  }
  const below = (at: RuleNode): void => {
    for (const child of at.children.values()) {
      found.push(child)
      below(child)
    }
  }
  if (node !== undefined) below(node)
  return found
}

/** A use of one rule by another, with what is replaced there. */
interface Use {
  readonly user: RuleNode
  readonly without: ReadonlySet<string>
}

export const checkRefusals = (
  tree: RuleTree,
  nodes: ReadonlyArray<RuleNode>,
  query: Body,
  builtins: ReadonlyMap<string, Builtin>,
  errors: Errors
): void => {
  const needs = new Map<RuleNode, Needs>()
  const uses = new Map<RuleNode, Array<Use>>()
  const queue: Array<RuleNode> = []
  const refused = (name: string | undefined): name is string => {
    const builtin = name === undefined ? undefined : builtins.get(name)
    return builtin !== undefined && "refused" in builtin
  }
  const need = (node: RuleNode, name: string, at: Location): void => {
    const known = needs.get(node) ?? new Map<string, Location>()
    if (known.has(name)) return
    known.set(name, at)
    needs.set(node, known)
    queue.push(node)
  }
  const called: Array<() => void> = []
  const visitor =
    (user: RuleNode): Visitor =>
    (term, modifiers) => {
      if (term.kind === "call") {
        const name = operatorName(term.operator)
        if (refused(name) && !replaced(modifiers).has(name)) called.push(() => need(user, name, term.at))
      }
      if (!isDataReference(term)) return
      const without = replaced(modifiers)
      for (const node of nodesAt(tree, splitPath(term.path).names)) {
        if (node === user) continue
        const known = uses.get(node)
        if (known === undefined) uses.set(node, [{ user, without }])
        else known.push({ user, without })
      }
    }
  // Nothing to refuse, nothing to follow: large trees are walked for their uses only when they must be.
  const entry = new RuleNode(["query"])
  let found = false
  const look: Visitor = (term) => {
    if (term.kind === "call" && refused(operatorName(term.operator))) found = true
  }
  for (const node of nodes) for (const rule of node.rules) visitRule(rule, look)
  visitBody(query, [], look)
  if (!found) return
  for (const node of nodes) for (const rule of node.rules) visitRule(rule, visitor(node))
  visitBody(query, [], visitor(entry))
  for (const run of called) run()
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const { user, without } of uses.get(node) ?? []) {
      for (const [name, at] of needs.get(node) ?? []) if (!without.has(name)) need(user, name, at)
    }
  }
  for (const [node, names] of needs) {
    if (node !== entry && uses.has(node)) continue
    for (const [name, at] of names) {
      errors.add("rego_type_error", `${name} is not available: replace every call of it by \`with\`, or remove it`, at)
    }
  }
}
