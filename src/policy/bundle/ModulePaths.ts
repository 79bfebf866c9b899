/** Where in `data` the modules of a bundle define something: inside its roots, and not where a data file does. */
import { Result } from "effect"
import { bundleRefused, PolicyLoadError, problemAt } from "../PolicyLoadError.ts"
import type { ModuleSource } from "../rego/compiler/Compile.ts"
import { placeText } from "../rego/syntax/Location.ts"
import { parseModule } from "../rego/syntax/Parse.ts"
import type { Reference, Rule, Term } from "../rego/syntax/Syntax.ts"
import { isObject, type RegoObject, type Value } from "../rego/values/Value.ts"
import { isBelow } from "./Manifest.ts"

/** The names at the beginning of a path, up to the first that is computed. */
const namesOf = (path: ReadonlyArray<Term>): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (const part of path) {
    if (part.kind !== "constant" || typeof part.value !== "string") break
    names.push(part.value)
  }
  return names
}

/** The names of a rule's head below its package. */
const headNames = ({ head, path }: Reference): ReadonlyArray<string> =>
  head.kind === "variable" ? [head.name, ...namesOf(path)] : []

const lookup = (data: RegoObject, path: ReadonlyArray<string>): Value | undefined =>
  path.reduce<Value | undefined>((value, name) => (isObject(value) ? value.get(name) : undefined), data)

const conflict = (path: string, rule: Rule, names: ReadonlyArray<string>): PolicyLoadError => {
  const message = `conflicting rule for data path ${names.join("/")} found`
  const problem = problemAt(rule.at, "rego_compile_error", message)
  return new PolicyLoadError({
    message: `1 error occurred: ${placeText(rule.at)}: rego_compile_error: ${message}`,
    path,
    problems: [problem]
  })
}

/** Refuses packages outside the roots and rules that data hides. Reads the modules only where that can happen; throws `LoadError`. */
export const checkModules = (
  path: string,
  modules: ReadonlyArray<ModuleSource>,
  roots: ReadonlyArray<string>,
  data: RegoObject
): Result.Result<void, PolicyLoadError> => {
  if (roots.includes("") && data.size === 0) return Result.void
  for (const source of modules) {
    const module = parseModule(source, { version: source.version })
    const names = namesOf(module.package.path)
    const place = names.join("/")
    if (!roots.some((root) => isBelow(root, place))) {
      const problem = problemAt(module.package.at, "bundle_error", "the manifest's roots do not permit this package")
      const message = `manifest roots ${JSON.stringify(roots)} do not permit 'package ${names.join(".")}' in module '${source.file}'`
      return Result.fail(bundleRefused(path, message, [problem]))
    }
    for (const rule of module.rules) {
      const full = [...names, ...headNames(rule.head.reference)]
      if (lookup(data, full) !== undefined) return Result.fail(conflict(path, rule, full))
    }
  }
  return Result.void
}
