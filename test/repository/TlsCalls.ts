/** Finds calls of `node:tls` and `node:https` that leave `rejectUnauthorized` to the environment. Pure but for the parser. */
import { parseAst } from "rolldown/parseAst"

/** What opens or accepts TLS connections: where `rejectUnauthorized` is missing, NODE_TLS_REJECT_UNAUTHORIZED decides. */
const opening: ReadonlySet<string> = new Set([
  "connect",
  "createServer",
  "request",
  "get",
  "Server",
  "Agent",
  "TLSSocket",
  "HttpsAgent"
])
const modules: ReadonlySet<unknown> = new Set(["node:tls", "tls", "node:https", "https"])

type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null

const child = (node: unknown, key: string): unknown => (isNode(node) ? node[key] : undefined)
const nameOf = (node: unknown): unknown => child(node, "name") ?? child(node, "value")
const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const all = (root: unknown): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isNode(node)) return
    found.push(node)
    Object.values(node).forEach(visit)
  }
  visit(root)
  return found
}

const states = (literal: unknown): boolean =>
  child(literal, "type") === "ObjectExpression" &&
  list(child(literal, "properties")).some((property) => nameOf(child(property, "key")) === "rejectUnauthorized")

/** One sentence for every call in a source that does not state `rejectUnauthorized`, and for `fetch`, which cannot. */
export const unstated = (source: string): ReadonlyArray<string> => {
  const nodes = all(parseAst(source, { lang: "ts" }))
  const ofType = (...types: ReadonlyArray<string>) => nodes.filter(({ type }) => types.includes(String(type)))

  /** The module's own name of each import: `*` for the whole module. */
  const imports = new Map<unknown, unknown>()
  for (const statement of ofType("ImportDeclaration")) {
    if (!modules.has(child(statement.source, "value"))) continue
    for (const each of list(statement.specifiers)) {
      imports.set(nameOf(child(each, "local")), nameOf(child(each, "imported")) ?? "*")
    }
  }
  /** Names of objects in this file that state it, for options that are no literal in the call. */
  const stated = new Set(
    ofType("VariableDeclarator")
      .filter(({ init }) => states(init))
      .map(({ id }) => nameOf(id))
  )

  const called = (callee: unknown): string | undefined => {
    if (child(callee, "type") === "Identifier") {
      const imported = imports.get(nameOf(callee))
      return typeof imported === "string" && opening.has(imported) ? imported : undefined
    }
    const [object, property] = [nameOf(child(callee, "object")), nameOf(child(callee, "property"))]
    return imports.get(object) === "*" && opening.has(String(property)) ? `${object}.${property}` : undefined
  }
  return [
    ...ofType("CallExpression", "NewExpression").flatMap(({ arguments: given, callee }) => {
      if (child(callee, "type") === "Identifier" && nameOf(callee) === "fetch") return ["fetch is called"]
      const name = called(callee)
      if (name === undefined) return []
      const fine = list(given).some((argument) => states(argument) || stated.has(nameOf(argument)))
      return fine ? [] : [`${name} is called without rejectUnauthorized`]
    }),
    ...ofType("ImportExpression").flatMap(({ source: from }) => {
      const name = child(from, "value")
      return modules.has(name) ? [`${name} is imported dynamically`] : []
    })
  ]
}
