/** `with`: makes the scope in which input, data or functions are replaced. */
import type { RuleNode } from "../compiler/RuleTree.ts"
import { splitPath } from "../compiler/RuleTree.ts"
import type { Bound } from "../compiler/Unify.ts"
import type { Reference, With } from "../syntax/Syntax.ts"
import { operatorName } from "../syntax/TermParser.ts"
import { objectOf } from "../values/Collections.ts"
import { isObject, type Value } from "../values/Value.ts"
import { type Frame, type Getter, newScope, type Replacement, type Scope } from "./Runtime.ts"
import type { Terms } from "./Terms.ts"

type Change = (scope: Scope, frame: Frame) => Scope | undefined

/** The value with another one at a path; what is on the way and no object becomes one. */
const put = (value: Value | undefined, path: ReadonlyArray<Value>, at: number, leaf: Value): Value => {
  const key = path[at]
  if (key === undefined) return leaf
  const object = isObject(value) ? value : undefined
  const pairs = object === undefined ? [] : [...object.pairs.values()]
  return objectOf([...pairs, [key, put(object?.get(key), path, at + 1, leaf)]])
}

const replaceFunction =
  (key: string | RuleNode, replacement: (frame: Frame) => Replacement | undefined): Change =>
  (scope, frame) => {
    const found = replacement(frame)
    if (found === undefined) return undefined
    const replaced = new Map<string | RuleNode, Replacement>(scope.replaced ?? [])
    replaced.set(key, found)
    return { ...scope, replaced }
  }

const replaceDocument = (target: Reference, value: Getter, bound: Bound, terms: Terms): Change => {
  const keys = terms.list(target.path, bound)
  const isInput = target.head.kind === "variable" && target.head.name === "input"
  const { names, rest } = splitPath(target.path)
  const node = isInput || rest.length > 0 ? undefined : terms.environment.tree.find(names)
  return (scope, frame) => {
    const [path, leaf] = [keys(frame), value(frame)]
    if (path === undefined || leaf === undefined) return undefined
    if (isInput) return { ...scope, input: put(scope.input, path, 0, leaf) }
    const shadowed = new Set(scope.shadowed ?? [])
    if (node !== undefined) shadowed.add(node)
    return { ...scope, data: put(scope.data, path, 0, leaf), shadowed }
  }
}

const change = (modifier: With, bound: Bound, terms: Terms): Change => {
  const { tree, builtins } = terms.environment
  const { target, value } = modifier
  const node = tree.functionAt(target)
  const name = operatorName(target) ?? ""
  if (node !== undefined || builtins.has(name)) {
    const key = node ?? name
    if (value.kind === "call") {
      const other = tree.functionAt(value.operator)
      const otherName = operatorName(value.operator) ?? ""
      return replaceFunction(key, () =>
        other === undefined ? { kind: "builtin", name: otherName } : { kind: "rule", node: other }
      )
    }
    const getter = terms.getter(value, bound)
    return replaceFunction(key, (frame) => {
      const found = getter(frame)
      return found === undefined ? undefined : { kind: "value", value: found }
    })
  }
  const getter = terms.getter(value, bound)
  return target.kind === "reference" ? replaceDocument(target, getter, bound, terms) : () => undefined
}

/** Makes the scope for an expression; undefined when a value of `with` has none. */
export const compileWith = (
  modifiers: ReadonlyArray<With>,
  bound: Bound,
  terms: Terms
): ((frame: Frame) => Scope | undefined) => {
  const changes = modifiers.map((modifier) => change(modifier, bound, terms))
  return (frame) => {
    let scope: Scope | undefined = frame.scope
    for (const make of changes) {
      scope = make(scope, frame)
      if (scope === undefined) return undefined
    }
    return newScope(scope)
  }
}
