/**
 * `regex.globs_match`: whether some text matches both of two simple patterns. These know characters, `.`, classes
 * `[a-c]`, and after each of them `*` or `+`.
 */
import { boolean, string } from "../Type.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

type Range = readonly [low: string, high: string]

interface Element {
  /** What one character may be; undefined for any. */
  readonly ranges: ReadonlyArray<Range> | undefined
  readonly repeat: "once" | "star" | "plus"
}

/** Reads a pattern; `wrong` ends it with the reason and the place. */
const elementsOf = (text: string, wrong: (place: number, why: string) => never): ReadonlyArray<Element> => {
  const characters = [...text]
  const elements: Array<Element> = []
  let at = 0
  const escaped = (): string => {
    const character = characters[at++] ?? wrong(at, "unexpected end")
    return character === "\\" ? (characters[at++] ?? wrong(at, "escape at the end")) : character
  }
  const ranges = (): ReadonlyArray<Range> => {
    const found: Array<Range> = []
    while (characters[at] !== "]") {
      if (at >= characters.length) return wrong(at, "set-open '[' with no matching ']'")
      const low = escaped()
      if (characters[at] !== "-" || characters[at + 1] === "]") found.push([low, low])
      else {
        at++
        const high = escaped()
        found.push(low <= high ? [low, high] : wrong(at, "range out of order"))
      }
    }
    at++
    return found
  }
  while (at < characters.length) {
    const character = characters[at]
    if (character === "]") return wrong(at, "set-close ']' with no preceding '['")
    if (character === "*" || character === "+") return wrong(at, `flag '${character}' must be preceded by a non-flag`)
    let element: ReadonlyArray<Range> | undefined
    if (character === "." || character === "[") {
      at++
      element = character === "." ? undefined : ranges()
    } else {
      const one = escaped()
      element = [[one, one]]
    }
    const flag = characters[at]
    const repeat = flag === "*" ? "star" : flag === "+" ? "plus" : "once"
    if (repeat !== "once") at++
    elements.push({ ranges: element, repeat })
  }
  return elements
}

const overlap = (a: Element, b: Element): boolean =>
  a.ranges === undefined ||
  b.ranges === undefined ||
  a.ranges.some(([low, high]) => b.ranges?.some(([other, end]) => low <= end && other <= high) === true)

/** States of a pattern: before each element, and within one that repeats. */
interface State {
  readonly index: number
  /** The element was there once already. */
  readonly again: boolean
}

/** The states reached without a character. */
const free = (elements: ReadonlyArray<Element>, state: State): ReadonlyArray<State> => {
  const reached = [state]
  for (let last = state; ; ) {
    const element = elements[last.index]
    if (element === undefined || !(element.repeat === "star" || last.again)) return reached
    last = { index: last.index + 1, again: false }
    reached.push(last)
  }
}

const step = (elements: ReadonlyArray<Element>, { index }: State): State =>
  elements[index]?.repeat === "once" ? { index: index + 1, again: false } : { index, again: true }

const intersects = (left: ReadonlyArray<Element>, right: ReadonlyArray<Element>, context: BuiltinContext): boolean => {
  const start: State = { index: 0, again: false }
  const open: Array<readonly [State, State]> = [[start, start]]
  const seen = new Set<string>()
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    for (const a of free(left, pair[0])) {
      for (const b of free(right, pair[1])) {
        context.budget.spend(1)
        const [one, other] = [left[a.index], right[b.index]]
        if (one === undefined && other === undefined) return true
        if (one === undefined || other === undefined || !overlap(one, other)) continue
        const next = [step(left, a), step(right, b)] as const
        const key = `${next[0].index} ${next[0].again} ${next[1].index} ${next[1].again}`
        if (!seen.has(key)) open.push(next)
        seen.add(key)
      }
    }
  }
  return false
}

const match = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("regex.globs_match", args)
  const read = (position: number) => {
    const text = operands.string(position)
    return elementsOf(text, (place, why) =>
      operands.fail(`input:${text}, pos:${place + 1}, ${why}: the input provided is invalid`)
    )
  }
  return intersects(read(1), read(2), context)
}

export const globsMatch: ReadonlyArray<Builtin> = [define("regex.globs_match", [string, string], boolean, match)]
