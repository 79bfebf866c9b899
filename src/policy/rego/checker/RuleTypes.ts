/** The types of what rules define, each worked out when first asked for. */
import type { Builtin } from "../builtins/Builtin.ts"
import type { Errors } from "../compiler/Errors.ts"
import type { CompiledRule, RuleNode, RuleTree } from "../compiler/RuleTree.ts"
import type { Body, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { any, mapOf, setOfType, string, type Type } from "../Type.ts"
import { BodyTypes, type Definitions } from "./BodyTypes.ts"
import { bounded, members, select, union } from "./TypeSets.ts"

/** Rules that depend on each other deeper than this are not looked into: their values may be anything. */
const deepest = 100

export class RuleTypes implements Definitions {
  readonly #tree: RuleTree
  readonly #builtins: ReadonlyMap<string, Builtin>
  readonly #errors: Errors
  readonly #types = new Map<RuleNode, Type | undefined>()
  readonly #open = new Set<RuleNode>()
  #depth = 0

  constructor(tree: RuleTree, builtins: ReadonlyMap<string, Builtin>, errors: Errors) {
    this.#tree = tree
    this.#builtins = builtins
    this.#errors = errors
  }

  /** Checks rules and a query; what is wrong goes to the errors. */
  check(nodes: Iterable<RuleNode>, query: Body): void {
    for (const node of nodes) this.#node(node)
    new BodyTypes(this, this.#errors, undefined).body(query)
  }

  function(operator: Term): Extract<Type, { kind: "function" }> | undefined {
    const node = this.#tree.functionAt(operator)
    if (node !== undefined) {
      const type = this.#node(node)
      return type?.kind === "function" ? type : undefined
    }
    const builtin = this.#builtins.get(operatorName(operator) ?? "")
    return builtin === undefined ? undefined : { kind: "function", args: builtin.args, result: builtin.result }
  }

  /** The type of a reference below `data`. Given data may have any type. */
  data(path: ReadonlyArray<Term>): Type {
    let node: RuleNode | undefined = this.#tree.root
    for (const [index, part] of path.entries()) {
      const rest = path.slice(index)
      if (node.kind !== "package" && node.children.size === 0) return follow(this.#node(node), rest)
      if (part.kind !== "constant") return follow(this.#extent(node), rest)
      const inner: RuleNode | undefined = typeof part.value === "string" ? node.children.get(part.value) : undefined
      if (inner === undefined) return node.kind === "package" ? any : follow(this.#node(node), rest)
      node = inner
    }
    return this.#extent(node)
  }

  #extent(node: RuleNode): Type {
    if (node.kind !== "package") return node.children.size > 0 ? any : (this.#node(node) ?? any)
    const fields = [...node.children].map(([name, inner]) => [name, this.#extent(inner)] as const)
    return bounded({
      kind: "object",
      fields: fields.sort(([a], [b]) => (a < b ? -1 : 1)),
      rest: { key: string, value: any }
    })
  }

  #node(node: RuleNode): Type | undefined {
    if (this.#types.has(node)) return this.#types.get(node)
    if (this.#depth >= deepest || this.#open.has(node)) return node.kind === "function" ? undefined : any
    this.#depth++
    this.#open.add(node)
    const rules = node.default === undefined ? node.rules : [...node.rules, node.default]
    let type: Type | undefined
    for (const rule of rules) type = union(type, this.#rule(rule, node))
    this.#depth--
    this.#open.delete(node)
    this.#types.set(node, type)
    return type
  }

  #rule(rule: CompiledRule, node: RuleNode): Type | undefined {
    let type: Type | undefined
    for (const { body, value } of rule.branches) {
      const types = new BodyTypes(this, this.#errors, undefined)
      types.body(body)
      const heads = [...rule.suffix, ...(rule.member === undefined ? [] : [rule.member])]
      for (const term of [...heads, ...(value === undefined ? [] : [value])]) types.nested(term)
      const result = (value === undefined ? undefined : types.get(value)) ?? any
      if (node.kind === "function") {
        const args = (rule.args ?? []).map((arg) => types.get(arg) ?? any)
        type = union(type, { kind: "function", args, result })
      } else if (rule.suffix.length > 0) {
        const leaf = rule.member === undefined ? result : setOfType(types.get(rule.member) ?? any)
        const keyed = [...rule.suffix].reverse().reduce((inner, part) => mapOf(types.get(part) ?? any, inner), leaf)
        type = union(type, keyed)
      } else if (rule.member !== undefined) type = union(type, setOfType(types.get(rule.member) ?? any))
      else type = union(type, result)
    }
    return type
  }
}

const follow = (type: Type | undefined, path: ReadonlyArray<Term>): Type => {
  let found = type
  for (const part of path) found = part.kind === "constant" ? select(found, part.value) : members(found)
  return found ?? any
}
