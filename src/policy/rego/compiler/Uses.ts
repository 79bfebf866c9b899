/** What a program reads and calls, found without evaluating it. */
import type { Body } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { type Visitor, visitBody, visitRule } from "./References.ts"
import { type RuleNode, splitPath } from "./RuleTree.ts"

export interface Uses {
  /** Built-ins that some rule or the query calls. */
  readonly builtins: ReadonlySet<string>
  /** Paths below `input` that are read, dotted, as far as they are known before evaluation; `""` is all of it. */
  readonly inputs: ReadonlySet<string>
}

/** Collects over all rules, whether or not the query reaches them. */
export const usesOf = (nodes: Iterable<RuleNode>, query: Body): Uses => {
  const builtins = new Set<string>()
  const inputs = new Set<string>()
  const visit: Visitor = (term, modifiers) => {
    const name = term.kind === "call" ? operatorName(term.operator) : undefined
    if (name !== undefined && !name.startsWith("data.")) builtins.add(name)
    for (const { value } of modifiers) {
      const replacement = value.kind === "call" ? operatorName(value.operator) : undefined
      if (replacement !== undefined && !replacement.startsWith("data.")) builtins.add(replacement)
    }
    if (term.kind === "reference" && term.head.kind === "variable" && term.head.name === "input") {
      inputs.add(splitPath(term.path).names.join("."))
    }
  }
  for (const node of nodes) {
    for (const rule of node.default === undefined ? node.rules : [...node.rules, node.default]) visitRule(rule, visit)
  }
  visitBody(query, [], visit)
  return { builtins, inputs }
}
