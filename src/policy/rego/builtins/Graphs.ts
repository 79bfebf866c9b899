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

/** A node on the way, the path to it, and the neighbours that are still to be looked at. */
interface Step {
  readonly path: ReadonlyArray<Value>
  readonly next: Iterator<Value>
}

/**
 * Paths from the node. One ends where a neighbour is no node of the graph, or was passed through before, on whatever
 * path: not every path is found then, as in OPA, but the work is bounded by the number of edges.
 */
const pathsFrom = (start: Value, edges: RegoObject, found: Array<Value>, context: BuiltinContext): void => {
  const passed = new Set<Key>()
  const open: Array<Step> = []
  const enter = (node: Value, before: ReadonlyArray<Value>): void => {
    const path = [...before, node]
    context.budget.spend(path.length)
    const next = neighbours(edges.get(node))
    if (next.length === 0) found.push(path)
    open.push({ path, next: next[Symbol.iterator]() })
  }
  if (edges.has(start)) enter(start, [])
  for (let step = open.at(-1); step !== undefined; step = open.at(-1)) {
    const { done, value } = step.next.next()
    const node = step.path.at(-1) ?? null
    if (done === true) open.pop()
    else if (!edges.has(value) || passed.has(keyOf(value))) found.push(step.path)
    else {
      passed.add(keyOf(node))
      enter(value, step.path)
    }
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
