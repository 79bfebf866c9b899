/** Reads import statements from TypeScript sources and judges them. Pure but for the parser. */
import * as Path from "node:path"
import { parseAst } from "rolldown/parseAst"

/** What each module imports from its own project: paths without extension, relative to `src`. */
export type ImportGraph = ReadonlyMap<string, ReadonlyArray<string>>

/** Which modules a group may import besides its own; groups and targets are path prefixes such as `transport/node`. */
export type Directions = Readonly<
  Record<string, { readonly may: ReadonlyArray<string>; readonly not?: ReadonlyArray<string> }>
>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** Every module specifier in a source: static, type-only, re-exported, dynamic, and types written as `import("..")`. */
export const specifiers = (source: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const take = (node: unknown) => {
    if (isRecord(node) && node.type === "Literal" && typeof node.value === "string") found.push(node.value)
  }
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isRecord(node)) return
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
      case "ImportExpression":
        take(node.source)
        break
      case "TSImportType":
        take(node.source ?? node.argument)
    }
    Object.values(node).forEach(visit)
  }
  visit(parseAst(source, { lang: "ts" }))
  return found
}

const withoutExtension = (path: string): string => path.replace(/\.ts(\?\w+)?$/, "")

/** Builds the graph of sources given as path (relative to `src`) and text. Imports of packages are left out. */
export const graph = (sources: ReadonlyMap<string, string>): ImportGraph =>
  new Map(
    [...sources].map(([path, text]) => [
      withoutExtension(path),
      specifiers(text)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => withoutExtension(Path.posix.join(Path.posix.dirname(path), specifier)))
    ])
  )

const within = (module: string, prefix: string): boolean => module === prefix || module.startsWith(`${prefix}/`)

/** The most specific group a module belongs to. */
const groupOf = (module: string, directions: Directions): string | undefined =>
  Object.keys(directions)
    .filter((group) => within(module, group))
    .sort((a, b) => b.length - a.length)[0]

/** One sentence for every import that runs against the table, and for every module the table does not know. */
export const violations = (imports: ImportGraph, directions: Directions): ReadonlyArray<string> =>
  [...imports].flatMap(([module, targets]) => {
    const group = groupOf(module, directions)
    const rule = group === undefined ? undefined : directions[group]
    if (group === undefined || rule === undefined) return [`${module} belongs to no group`]
    const folder = group.split("/")[0] ?? group
    const allowed = (target: string): boolean => {
      if (within(target, group)) return true
      if (rule.not?.some((prefix) => within(target, prefix))) return rule.may.some((prefix) => prefix === target)
      return within(target, folder) || rule.may.some((prefix) => within(target, prefix))
    }
    return targets.filter((target) => !allowed(target)).map((target) => `${module} imports ${target}`)
  })

/** Every cycle found, as the modules on it. Empty when imports run one way. */
export const cycles = (imports: ImportGraph): ReadonlyArray<ReadonlyArray<string>> => {
  const found: Array<ReadonlyArray<string>> = []
  const done = new Set<string>()
  const visit = (module: string, trail: ReadonlyArray<string>): void => {
    const at = trail.indexOf(module)
    if (at >= 0) return void found.push([...trail.slice(at), module])
    if (done.has(module)) return
    for (const target of imports.get(module) ?? []) visit(target, [...trail, module])
    done.add(module)
  }
  for (const module of imports.keys()) visit(module, [])
  return found
}
