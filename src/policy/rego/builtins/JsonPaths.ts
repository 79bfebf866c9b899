/** `json.filter` and `json.remove`: parts of a document named by paths. */
import { any, anyObject, arrayOf, oneOf, setOfType, string } from "../Type.ts"
import { objectOf, setOf } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { isArray, isObject, isSet, type Key, typeName, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const path = oneOf(string, arrayOf(any))
const paths = oneOf(arrayOf(path), setOfType(path))

/** Paths as a tree: where one ends, everything below is named. */
type Tree = "all" | Map<Key, Tree>

/** The segments of a path written as one string (RFC 6901, with or without the leading slash). */
export const segmentsOf = (pointer: string): ReadonlyArray<string> =>
  pointer
    .replace(/^\/+|\/+$/g, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))

const addPath = (tree: Map<Key, Tree>, segments: ReadonlyArray<Value>): void => {
  let node = tree
  for (const [index, segment] of segments.entries()) {
    const key = keyOf(segment)
    const known = node.get(key)
    if (known === "all") return
    if (index === segments.length - 1) {
      node.set(key, "all")
      return
    }
    const next = known ?? new Map<Key, Tree>()
    node.set(key, next)
    node = next
  }
}

const treeOf = (operands: Operands, context: BuiltinContext): Map<Key, Tree> => {
  const tree = new Map<Key, Tree>()
  for (const member of operands.members(2, "one of {set, array}")) {
    context.budget.spend(1)
    if (typeof member === "string") addPath(tree, segmentsOf(member))
    else if (isArray(member)) addPath(tree, member)
    else {
      const expected = "one of {set, array} containing string paths or array of path segments"
      return operands.wrong(2, expected, typeName(member))
    }
  }
  return tree
}

/** What a tree says of the member of an array: paths count members in decimal. */
const ofIndex = (tree: Map<Key, Tree>, index: number): Tree | undefined => tree.get(String(index))

const filter = (value: Value, tree: Tree, context: BuiltinContext): Value => {
  context.budget.spend(1)
  if (tree === "all") return value
  if (isArray(value)) {
    return value.flatMap((member, index) => {
      const part = ofIndex(tree, index)
      return part === undefined ? [] : [filter(member, part, context)]
    })
  }
  if (isSet(value)) {
    return setOf(
      [...value.members].flatMap(([key, member]) => {
        const part = tree.get(key)
        return part === undefined ? [] : [filter(member, part, context)]
      })
    )
  }
  if (!isObject(value)) return value
  return objectOf(
    [...value.pairs].flatMap(([key, [name, member]]) => {
      const part = tree.get(key)
      return part === undefined ? [] : [[name, filter(member, part, context)] as const]
    })
  )
}

/** Undefined when the whole value is removed. */
const remove = (value: Value, tree: Tree | undefined, context: BuiltinContext): Value | undefined => {
  context.budget.spend(1)
  if (tree === undefined) return value
  if (tree === "all") return undefined
  const kept = (member: Value, part: Tree | undefined): ReadonlyArray<Value> => {
    const left = remove(member, part, context)
    return left === undefined ? [] : [left]
  }
  if (isArray(value)) return value.flatMap((member, index) => kept(member, ofIndex(tree, index)))
  if (isSet(value)) return setOf([...value.members].flatMap(([key, member]) => kept(member, tree.get(key))))
  if (!isObject(value)) return value
  return objectOf(
    [...value.pairs].flatMap(([key, [name, member]]) =>
      kept(member, tree.get(key)).map((left): readonly [Value, Value] => [name, left])
    )
  )
}

export const jsonPaths: ReadonlyArray<Builtin> = [
  define("json.filter", [anyObject, paths], any, (args, context) => {
    const operands = new Operands("json.filter", args)
    const object = operands.object(1)
    return filter(object, treeOf(operands, context), context)
  }),
  define("json.remove", [anyObject, paths], any, (args, context) => {
    const operands = new Operands("json.remove", args)
    const object = operands.object(1)
    return remove(object, treeOf(operands, context), context)
  })
]
