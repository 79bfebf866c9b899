/**
 * Which rule a refused peer came closest to: the answer to "but I allowed it". Bounded in time and length whatever the peer
 * presents; depends on the set of rules, not on their order.
 */
import { editDistance } from "../config/EditDistance.ts"
import { boundedList } from "./EscapedText.ts"

/** Rules of one kind of name and what the peer presents of it. */
export interface Asked {
  readonly label: string
  /** Sorted, each once. */
  readonly allowed: ReadonlyArray<string>
  readonly presented: ReadonlyArray<string>
  readonly match: (value: string) => string | undefined
  /** The rule that folds to the same text. */
  readonly byFolded: (folded: string) => string | undefined
  /** The first rule that a URI misses by one segment. */
  readonly bySegment: (value: string) => string | undefined
}

/** Values of one kind that are compared; longer lists are cut. */
const compared = 3
/** Longer names are not compared by spelling. */
const longest = 64

/** Without case and surrounding space. */
export const folded = (value: string): string => value.trim().toLowerCase()

const one = (value: string) => boundedList([value], 1)

const byCase = ({ byFolded, label, presented }: Asked): string | undefined => {
  for (const value of presented) {
    const near = byFolded(folded(value))
    if (near !== undefined) return `${label} ${one(near)} differs only in case or surrounding space`
  }
  return undefined
}

const byPlace = (
  { label, match }: Asked,
  everything: ReadonlyArray<readonly [label: string, values: ReadonlyArray<string>]>
): string | undefined => {
  for (const [other, values] of everything) {
    const misplaced = other === label ? undefined : values.find((value) => value !== "" && match(value) !== undefined)
    if (misplaced !== undefined) return `${one(misplaced)} is presented as ${other}, not as ${label}`
  }
  return undefined
}

/** How many mistakes a name may hold; short ones few, and a `*` is none. */
const mistakes = (value: string): number =>
  value.length < 3 || value.length > longest || value.includes("*") ? 0 : value.length < 6 ? 1 : 2

const bySpelling = (asked: ReadonlyArray<Asked>): string | undefined => {
  let nearest: { readonly distance: number; readonly text: string } | undefined
  for (const { allowed, label, presented } of asked) {
    if (label === "IP") continue
    for (const value of presented.slice(0, compared)) {
      for (const rule of allowed) {
        const limit = Math.min(mistakes(value), mistakes(rule), (nearest?.distance ?? 3) - 1)
        if (limit < 1) continue
        const distance = editDistance(value, rule, limit)
        if (distance <= limit) nearest = { distance, text: `${label} ${one(rule)} is spelled almost like it` }
      }
    }
  }
  return nearest?.text
}

const bySegments = ({ bySegment, label, presented }: Asked): string | undefined => {
  for (const value of presented.slice(0, compared)) {
    const near = bySegment(value)
    if (near !== undefined) return `${label} ${one(near)} differs in one segment`
  }
  return undefined
}

const firstOf = <A>(all: ReadonlyArray<A>, look: (each: A) => string | undefined): string | undefined => {
  for (const each of all) {
    const found = look(each)
    if (found !== undefined) return found
  }
  return undefined
}

/** In words, the rule that would match if the peer's name were written, or placed, only a little differently. */
export const nearestMiss = (
  asked: ReadonlyArray<Asked>,
  everything: ReadonlyArray<readonly [label: string, values: ReadonlyArray<string>]>
): string | undefined =>
  firstOf(asked, (each) => byCase(each) ?? byPlace(each, everything)) ?? bySpelling(asked) ?? firstOf(asked, bySegments)
