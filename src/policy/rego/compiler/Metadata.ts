/** Annotations: `# METADATA` comments in YAML, which `rego.metadata.rule()` and `rego.metadata.chain()` give to policies. */
import { parseYaml } from "../builtins/Documents.ts"
import type { Comment, Module, Rule } from "../syntax/Syntax.ts"
import { objectOf, record } from "../values/Collections.ts"
import { isArray, isObject, type Value } from "../values/Value.ts"
import type { Errors } from "./Errors.ts"

type Scope = "rule" | "document" | "package" | "subpackages"

interface Annotation {
  readonly scope: Scope
  readonly value: Value
}

const scopes: ReadonlyArray<Scope> = ["rule", "document", "package", "subpackages"]

/** `Name <mail>` and its parts. */
const author = (value: Value): Value => {
  if (typeof value !== "string") return value
  const found = /^(.*?)\s*<([^>]*)>$/.exec(value.trim())
  if (found === null) return record({ name: value.trim() })
  const [, name = "", email = ""] = found
  return record(name === "" ? { email } : { name, email })
}

const resource = (value: Value): Value => (typeof value === "string" ? record({ ref: value }) : value)

const each = (value: Value, change: (member: Value) => Value): Value => (isArray(value) ? value.map(change) : value)

interface Block {
  /** The row below the block. */
  readonly end: number
  readonly lines: ReadonlyArray<Comment>
}

const blocksOf = (comments: ReadonlyArray<Comment>): ReadonlyArray<Block> => {
  const blocks: Array<{ end: number; readonly lines: Array<Comment> }> = []
  let open: (typeof blocks)[number] | undefined
  for (const comment of comments) {
    const { row } = comment.at
    if (comment.text.trim() === "METADATA") {
      open = { end: row + 1, lines: [] }
      blocks.push(open)
    } else if (open !== undefined && row === open.end) {
      open.lines.push(comment)
      open.end = row + 1
    } else open = undefined
  }
  return blocks
}

/** Reads a block; `scope` is that of what it stands above. */
const read = ({ lines }: Block, scope: Scope, at: Comment["at"], errors: Errors): Annotation | undefined => {
  let value: Value
  try {
    value = parseYaml(lines.map(({ text }) => text).join("\n"))
  } catch (error) {
    errors.add("rego_parse_error", error instanceof Error ? error.message : "invalid annotations", at)
    return undefined
  }
  if (!isObject(value)) {
    errors.add("rego_parse_error", "expected METADATA block, found whitespace", at)
    return undefined
  }
  const named = value.get("scope") ?? scope
  const found = scopes.find((known) => known === named)
  if (found === undefined) {
    errors.add("rego_parse_error", `invalid annotation scope '${String(named)}'`, at)
    return undefined
  }
  const pairs = value.sorted().map(([key, member]) => {
    if (key === "authors") return [key, each(member, author)] as const
    return [key, key === "related_resources" ? each(member, resource) : member] as const
  })
  return { scope: found, value: objectOf([...pairs, ["scope", found]]) }
}

const entry = (path: ReadonlyArray<Value>, annotation: Annotation | undefined): Value =>
  record(annotation === undefined ? { path } : { path, annotations: annotation.value })

export class Metadata {
  readonly #rules = new Map<Rule, ReadonlyArray<Annotation>>()
  readonly #places = new Map<string, Array<Annotation>>()

  constructor(modules: ReadonlyArray<Module>, errors: Errors) {
    for (const module of modules) {
      const blocks = blocksOf(module.comments)
      if (blocks.length > 0) this.#module(module, blocks, errors)
    }
  }

  #module(module: Module, blocks: ReadonlyArray<Block>, errors: Errors): void {
    const statements = [
      { row: module.package.at.row, rule: undefined },
      ...module.rules.map((rule) => ({ row: rule.at.row, rule }))
    ]
    for (const block of blocks) {
      const target = statements.find(({ row }) => row >= block.end)
      const at = block.lines[0]?.at
      if (target === undefined || at === undefined) continue
      const annotation = read(block, target.rule === undefined ? "package" : "rule", at, errors)
      if (annotation === undefined) continue
      const { rule } = target
      if (rule !== undefined && annotation.scope === "rule") {
        this.#rules.set(rule, [...(this.#rules.get(rule) ?? []), annotation])
        continue
      }
      const path = rule === undefined || annotation.scope !== "document" ? packagePath(module) : rulePath(module, rule)
      const key = placeKey(annotation.scope, path)
      this.#places.set(key, [...(this.#places.get(key) ?? []), annotation])
    }
  }

  /** What `rego.metadata.rule()` is in a rule. */
  rule(rule: Rule): Value {
    return this.#rules.get(rule)?.at(-1)?.value ?? record({})
  }

  /** What `rego.metadata.chain()` is in a rule: its own annotations, then those of what it is in. */
  chain(module: Module, rule: Rule): Value {
    const own = this.#rules.get(rule) ?? []
    const path = rulePath(module, rule)
    const around = packagePath(module)
    const at = (scope: Scope, place: ReadonlyArray<Value>): ReadonlyArray<Value> =>
      (this.#places.get(placeKey(scope, place)) ?? []).map((annotation) => entry(place, annotation))
    const outer = around.flatMap((_, index) => at("subpackages", around.slice(0, around.length - index)))
    return [
      ...(own.length === 0 ? [entry(path, undefined)] : own.map((annotation) => entry(path, annotation))),
      ...at("document", path),
      ...at("package", around),
      ...outer
    ]
  }
}

const packagePath = (module: Module): ReadonlyArray<Value> =>
  module.package.path.flatMap((part) => (part.kind === "constant" ? [part.value] : []))

const rulePath = (module: Module, { head }: Rule): ReadonlyArray<Value> => {
  const { reference } = head
  const name = reference.head.kind === "variable" ? reference.head.name : ""
  const parts = reference.path.map(
    (part): Value => (part.kind === "constant" ? part.value : part.kind === "variable" ? part.name : "")
  )
  return [...packagePath(module), name, ...parts]
}

const placeKey = (scope: Scope, path: ReadonlyArray<Value>): string => `${scope} ${JSON.stringify(path.map(String))}`
