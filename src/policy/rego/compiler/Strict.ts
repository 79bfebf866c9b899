/** Rules that v1 adds to v0 beyond its syntax. */
import type { Location } from "../syntax/Location.ts"
import type { Body, Module, Term } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import type { Errors } from "./Errors.ts"
import { visitBody, visitTerm } from "./References.ts"
import { eachVariable } from "./Variables.ts"

const deprecated = new Set([
  "any",
  "all",
  "re_match",
  "net.cidr_overlap",
  "set_diff",
  "cast_array",
  "cast_set",
  "cast_string",
  "cast_boolean",
  "cast_null",
  "cast_object"
])

const checkTerm = (term: Term, own: ReadonlySet<string>, errors: Errors): void => {
  if (term.kind !== "call") return
  const name = operatorName(term.operator)
  if (name === undefined || own.has(name)) return
  if (deprecated.has(name)) {
    errors.add("rego_type_error", `deprecated built-in function calls in expression: ${name}`, term.at)
  }
  if (term.operator.kind === "constant" && name === "assign" && term.args[0] !== undefined) {
    eachName(term.args[0], (found, at) => {
      if (found === "input" || found === "data") shadowed(found, "variables", at, errors)
    })
  }
}

const eachName = (term: Term, found: (name: string, at: Location) => void): void => {
  if (term.kind === "reference" && term.path.length === 0 && term.head.kind === "variable")
    found(term.head.name, term.at)
  eachVariable(term, ({ name, at }) => found(name, at))
}

const shadowed = (name: string, what: string, at: Location, errors: Errors): void =>
  errors.add(
    "rego_compile_error",
    `${what} must not shadow ${name} (use a different ${what === "rules" ? "rule" : "variable"} name)`,
    at
  )

/** Reports shadowed roots, repeated imports and deprecated built-ins. */
export const checkStrict = (module: Module, errors: Errors): void => {
  const own = new Set<string>()
  for (const { head } of module.rules) if (head.reference.head.kind === "variable") own.add(head.reference.head.name)
  const imported = new Set<string>()
  for (const { path, alias, at } of module.imports) {
    const last = path.path.at(-1)
    const name = alias ?? (last?.kind === "constant" ? String(last.value) : "")
    if (imported.has(name)) errors.add("rego_compile_error", `import must not shadow import ${name}`, at)
    imported.add(name)
  }
  for (const { head, body, otherwise, at } of module.rules) {
    const name = head.reference.head.kind === "variable" ? head.reference.head.name : ""
    if (name === "input" || name === "data") shadowed(name, "rules", at, errors)
    for (const arg of head.args ?? []) {
      eachName(arg, (found, place) => {
        if (found === "input" || found === "data") shadowed(found, "args", place, errors)
      })
    }
    const bodies: ReadonlyArray<Body> = [body, ...otherwise.map((other) => other.body)]
    for (const inner of bodies) visitBody(inner, [], (term) => checkTerm(term, own, errors))
    for (const term of [head.value, head.member, ...otherwise.map(({ value }) => value)]) {
      if (term !== undefined) visitTerm(term, [], (inner) => checkTerm(inner, own, errors))
    }
  }
}
