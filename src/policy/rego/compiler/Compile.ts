/** Modules and a query to a program that can be evaluated. */
import type { Builtin } from "../builtins/Builtin.ts"
import { RuleTypes } from "../checker/RuleTypes.ts"
import { LoadError, type PolicyError, type Source } from "../syntax/Location.ts"
import { parseModule } from "../syntax/Parse.ts"
import type { Body, Module, Reference } from "../syntax/Syntax.ts"
import { constant, variable } from "../syntax/TermParser.ts"
import { Errors } from "./Errors.ts"
import { Metadata } from "./Metadata.ts"
import type { Globals } from "./Names.ts"
import { Recursion } from "./Recursion.ts"
import { checkRefusals } from "./Refusals.ts"
import { type CompiledQuery, RuleCompiler } from "./RuleCompiler.ts"
import { type RuleNode, RuleTree } from "./RuleTree.ts"
import { checkStrict } from "./Strict.ts"

export interface ModuleSource extends Source {
  readonly version: 0 | 1
}

export interface Program {
  readonly tree: RuleTree
  readonly query: CompiledQuery
}

const parseAll = (sources: ReadonlyArray<ModuleSource>): ReadonlyArray<Module> => {
  const errors: Array<PolicyError> = []
  const modules = sources.flatMap((source) => {
    try {
      return [parseModule(source, { version: source.version })]
    } catch (error) {
      if (!(error instanceof LoadError)) throw error
      errors.push(...error.errors)
      return []
    }
  })
  if (errors.length > 0) throw new LoadError(errors)
  return modules
}

const packageNames = (module: Module): ReadonlyArray<string> =>
  module.package.path.map((part) => (part.kind === "constant" && typeof part.value === "string" ? part.value : ""))

/** What a module's names stand for: the rules of its package, and its imports. */
const globalsOf = (module: Module, exported: ReadonlySet<string>): Globals => {
  const globals = new Map<string, Reference>()
  for (const name of exported) {
    const at = module.package.at
    globals.set(name, {
      kind: "reference",
      head: variable("data", at),
      path: [...module.package.path, constant(name, at)],
      at
    })
  }
  for (const { path, alias } of module.imports) {
    const last = path.path.at(-1)
    const name = alias ?? (last?.kind === "constant" && typeof last.value === "string" ? last.value : undefined)
    if (name !== undefined) globals.set(name, path)
  }
  return globals
}

/** Compiles. Throws `LoadError` with everything that was found wrong. */
export const compileProgram = (
  sources: ReadonlyArray<ModuleSource>,
  query: Body,
  builtins: ReadonlyMap<string, Builtin>
): Program => {
  const errors = new Errors()
  const modules = parseAll(sources)
  const tree = new RuleTree()
  const exported = new Map<string, Set<string>>()
  const nodes = new Set<RuleNode>()
  for (const module of modules) {
    const names = packageNames(module)
    tree.declarePackage(names, module.package.at)
    const key = names.join("\0")
    const known = exported.get(key) ?? new Set<string>()
    exported.set(key, known)
    for (const { head, isDefault, at } of module.rules) {
      const name = head.reference.head.kind === "variable" ? head.reference.head.name : ""
      known.add(name)
      const path = [...module.package.path, constant(name, at), ...head.reference.path]
      const reference = { ...head.reference, path }
      nodes.add(tree.declare({ reference, arity: head.args?.length, isSet: head.member !== undefined, isDefault, at }))
    }
  }
  tree.check(errors)
  const compiler = new RuleCompiler(tree, builtins, errors)
  const metadata = new Metadata(modules, errors)
  for (const module of modules) {
    const globals = globalsOf(module, exported.get(packageNames(module).join("\0")) ?? new Set())
    if (module.strict) checkStrict(module, errors)
    for (const rule of module.rules) compiler.rule(rule, module, globals, metadata)
  }
  const compiled = compiler.query(query)
  errors.check()
  new Recursion(tree).check(errors)
  errors.check()
  new RuleTypes(tree, builtins, errors).check(nodes, compiled.body)
  checkRefusals(tree, [...nodes], compiled.body, builtins, errors)
  errors.check()
  return { tree, query: compiled }
}
