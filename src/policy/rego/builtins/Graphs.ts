/** Built-ins over graphs: objects from a node to its neighbours. And `walk`, over any document. */
import { any, arrayOf, mapOf, oneOf, setOfType, tuple } from "../Type.ts"
import { setOf, setOfTable } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { isArray, isObject, isSet, type Key, type RegoObject, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, type BuiltinRelation, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const nodes = oneOf(arrayOf(any), setOfType(any))
const graph = mapOf(any, nodes)

const neighbours = (value: Value | undefined): ReadonlyArray<Value> =>
  isArray(value) ? value : isSet(value) ? value.sorted() : []

const reachable = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("graph.reachable", args)
  const edges = operands.object(1)
  const queue = [...operands.members(2, "one of {array, set}")]
  const reached = new Map<Key, Value>()
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    context.budget.spend(1)
    const [key, next] = [keyOf(node), edges.get(node)]
    // A node without an entry is no node of the graph.
    if (next === undefined || reached.has(key)) continue
    reached.set(key, node)
    queue.push(...neighbours(next))
  }
  return setOfTable(reached)
}

/** A path under way, and the nodes on it. */
interface Path {
  readonly nodes: ReadonlyArray<Value>
  readonly keys: ReadonlySet<Key>
}

/** Every path from the node that ends where there is no further new node. */
const pathsFrom = (start: Value, edges: RegoObject, found: Array<Value>, context: BuiltinContext): void => {
  if (!edges.has(start)) return
  const open: Array<Path> = [{ nodes: [start], keys: new Set([keyOf(start)]) }]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const last = path.nodes.at(-1) ?? null
    context.budget.spend(1 + path.nodes.length)
    context.budget.allocate(found.length)
    const next = edges.has(last) ? neighbours(edges.get(last)) : []
    const known = next.filter((node) => edges.has(node))
    const further = known.filter((node) => !path.keys.has(keyOf(node)))
    if (further.length < known.length || further.length === 0) found.push(path.nodes)
    for (const node of further) open.push({ nodes: [...path.nodes, node], keys: new Set([...path.keys, keyOf(node)]) })
  }
}

const reachablePaths = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("graph.reachable_paths", args)
  const edges = operands.object(1)
  const found: Array<Value> = []
  for (const start of operands.members(2, "one of {array, set}")) pathsFrom(start, edges, found, context)
  return setOf(found)
}

/** Every value in a document with the path to it, the document itself first. */
const walk: BuiltinRelation = {
  name: "walk",
  args: [any],
  result: tuple(arrayOf(any), any),
  *each([document = null], context) {
    const open: Array<readonly [path: ReadonlyArray<Value>, value: Value]> = [[[], document]]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [path, value] = next
      context.budget.spend(1 + path.length)
      yield [path, value]
      const inner: Array<readonly [Value, Value]> = isArray(value)
        ? value.map((member, index) => [index, member] as const)
        : isObject(value)
          ? value.sorted().map(([key, member]) => [key, member] as const)
          : isSet(value)
            ? value.sorted().map((member) => [member, member] as const)
            : []
      for (const [key, member] of inner.reverse()) open.push([[...path, key], member])
    }
  }
}

export const graphs: ReadonlyArray<Builtin> = [
  define("graph.reachable", [graph, nodes], setOfType(any), reachable),
  define("graph.reachable_paths", [graph, nodes], setOfType(arrayOf(any)), reachablePaths),
  walk
]
