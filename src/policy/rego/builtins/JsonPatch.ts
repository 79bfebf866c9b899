/** `json.patch`: JSON Patch (RFC 6902) on Rego's values; sets are patched by member. */
import { any, arrayOf, string, type Type } from "../Type.ts"
import { objectOfTable, setOfTable } from "../values/Collections.ts"
import { keyOf } from "../values/Key.ts"
import { equal } from "../values/Order.ts"
import { isArray, isObject, isSet, type RegoObject, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

type Path = ReadonlyArray<Value>

const patchType: Type = {
  kind: "object",
  fields: [
    ["op", string],
    ["path", any]
  ],
  rest: { key: any, value: any }
}

const digits = /^(?:0|[1-9]\d{0,8})$/

/** The index a segment means in an array of this length; the end is an index only where members are added. */
const indexOf = (segment: Value, length: number): number | undefined => {
  if (segment === "-") return length
  if (typeof segment === "number") return segment >= 0 && segment <= length ? segment : undefined
  if (typeof segment !== "string" || !digits.test(segment)) return undefined
  return Number(segment) <= length ? Number(segment) : undefined
}

const member = (value: Value, segment: Value): Value | undefined => {
  if (isObject(value)) return value.get(segment)
  if (isSet(value)) return value.has(segment) ? segment : undefined
  if (!isArray(value)) return undefined
  const index = indexOf(segment, value.length)
  return index === undefined ? undefined : value[index]
}

const find = (value: Value, path: Path): Value | undefined => {
  let found: Value | undefined = value
  for (const segment of path) {
    if (found === undefined) return undefined
    found = member(found, segment)
  }
  return found
}

/** What becomes of the member at the end of a path; undefined where there is nothing to change. */
type Change = (parent: Value, segment: Value) => Value | undefined

const without = (parent: Value, segment: Value): Value | undefined => {
  if (isArray(parent)) {
    const index = indexOf(segment, parent.length)
    return index === undefined || index >= parent.length ? undefined : parent.toSpliced(index, 1)
  }
  const key = keyOf(segment)
  if (isObject(parent) && parent.pairs.has(key)) {
    return objectOfTable(new Map([...parent.pairs].filter(([other]) => other !== key)))
  }
  if (!isSet(parent) || !parent.members.has(key)) return undefined
  return setOfTable(new Map([...parent.members].filter(([other]) => other !== key)))
}

const adding =
  (value: Value): Change =>
  (parent, segment) => {
    if (isArray(parent)) {
      const index = indexOf(segment, parent.length)
      return index === undefined ? undefined : parent.toSpliced(index, 0, value)
    }
    if (isObject(parent)) return objectOfTable(new Map([...parent.pairs, [keyOf(segment), [segment, value]]]))
    if (!isSet(parent) || !equal(segment, value)) return undefined
    return setOfTable(new Map([...parent.members, [keyOf(value), value]]))
  }

const replacing =
  (value: Value): Change =>
  (parent, segment) => {
    if (isArray(parent)) {
      const index = indexOf(segment, parent.length)
      return index === undefined || index >= parent.length ? undefined : parent.with(index, value)
    }
    const rest = without(parent, segment)
    if (rest === undefined) return undefined
    return isSet(rest) ? setOfTable(new Map([...rest.members, [keyOf(value), value]])) : adding(value)(rest, segment)
  }

/** The document with the change made at the end of a path. */
const change = (document: Value, path: Path, make: Change, context: BuiltinContext): Value | undefined => {
  const [segment, ...rest] = path
  if (segment === undefined) return undefined
  context.budget.spend(isArray(document) ? document.length : 1)
  if (rest.length === 0) return make(document, segment)
  const inner = member(document, segment)
  const changed = inner === undefined ? undefined : change(inner, rest, make, context)
  if (changed === undefined) return undefined
  return replacing(changed)(document, segment)
}

/** One patch, applied. */
class Patch {
  readonly #operands: Operands
  readonly #patch: RegoObject
  readonly #context: BuiltinContext

  constructor(operands: Operands, patch: RegoObject, context: BuiltinContext) {
    this.#operands = operands
    this.#patch = patch
    this.#context = context
  }

  #attribute(name: string): Value {
    const value = this.#patch.get(name)
    return value === undefined ? this.#operands.fail(`missing required attribute '${name}'`) : value
  }

  #path(name: string): Path {
    const value = this.#attribute(name)
    if (isArray(value)) return value
    if (typeof value !== "string") return this.#operands.fail(`attribute '${name}' must be a string or an array`)
    if (value === "") return []
    const pointer = value.startsWith("/") ? value.slice(1) : value
    return pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
  }

  #found(document: Value, path: Path): Value {
    const found = find(document, path)
    return found === undefined ? this.#operands.fail("path does not exist") : found
  }

  #changed(document: Value, path: Path, make: Change): Value {
    const changed = change(document, path, make, this.#context)
    return changed === undefined ? this.#operands.fail("path does not exist") : changed
  }

  #add(document: Value, path: Path, value: Value): Value {
    return path.length === 0 ? value : this.#changed(document, path, adding(value))
  }

  apply(document: Value): Value {
    const operation = this.#attribute("op")
    const path = this.#path("path")
    switch (operation) {
      case "add":
        return this.#add(document, path, this.#attribute("value"))
      case "remove":
        return this.#changed(document, path, without)
      case "replace": {
        const value = this.#attribute("value")
        return path.length === 0 ? value : this.#changed(document, path, replacing(value))
      }
      case "move": {
        const from = this.#path("from")
        const value = this.#found(document, from)
        return this.#add(this.#changed(document, from, without), path, value)
      }
      case "copy":
        return this.#add(document, path, this.#found(document, this.#path("from")))
      case "test":
        return equal(this.#found(document, path), this.#attribute("value"))
          ? document
          : this.#operands.fail("test operation failed")
      default:
        return this.#operands.fail("invalid operation")
    }
  }
}

export const jsonPatch: ReadonlyArray<Builtin> = [
  define("json.patch", [any, arrayOf(patchType)], any, (args, context) => {
    const operands = new Operands("json.patch", args)
    let document = operands.value(1)
    for (const patch of operands.array(2)) {
      if (!isObject(patch)) return operands.wrong(2, "array of objects", "array containing other values")
      document = new Patch(operands, patch, context).apply(document)
    }
    return document
  })
]
