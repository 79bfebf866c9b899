/** Rego's values. All are immutable: no holder of a value changes it. Undefined is JavaScript's `undefined`. */
import type { Decimal } from "./Decimal.ts"
import { numberText, type RegoNumber } from "./Decimal.ts"

export type Value = null | boolean | RegoNumber | string | RegoArray | RegoObject | RegoSet

export interface RegoArray extends ReadonlyArray<Value> {}

/** How a collection knows a member: equal values have equal keys, unequal values never do (see Key.ts). */
export type Key = string | number | boolean | null

/** A set, iterated in Rego's order. */
export interface RegoSet {
  readonly kind: "set"
  readonly size: number
  readonly has: (value: Value) => boolean
  /** Members in Rego's order; computed once. */
  readonly sorted: () => ReadonlyArray<Value>
  /** Members by key, in no promised order; cheaper than `sorted`. */
  readonly members: ReadonlyMap<Key, Value>
}

/** An object. Keys may be any value; iterated in Rego's order of keys. */
export interface RegoObject {
  readonly kind: "object"
  readonly size: number
  readonly get: (key: Value) => Value | undefined
  readonly has: (key: Value) => boolean
  /** Pairs in the order of their keys; computed once. */
  readonly sorted: () => ReadonlyArray<Pair>
  /** Pairs by key, in no promised order; cheaper than `sorted`. */
  readonly pairs: ReadonlyMap<Key, Pair>
}

export type Pair = readonly [key: Value, value: Value]

export type TypeName = "null" | "boolean" | "number" | "string" | "array" | "object" | "set"

export const isArray = (value: Value | undefined): value is RegoArray => Array.isArray(value)

export const isNumber = (value: Value | undefined): value is RegoNumber =>
  typeof value === "number" ||
  (typeof value === "object" && value !== null && !isArray(value) && value.kind === "number")

const isKind = (value: Value | undefined, kind: "object" | "set" | "number"): boolean =>
  typeof value === "object" && value !== null && !isArray(value) && value.kind === kind

export const isObject = (value: Value | undefined): value is RegoObject => isKind(value, "object")

export const isSet = (value: Value | undefined): value is RegoSet => isKind(value, "set")

export const isDecimal = (value: Value | undefined): value is Decimal => isKind(value, "number")

/** The name `type_name` gives a value. */
export const typeName = (value: Value): TypeName => {
  switch (typeof value) {
    case "string":
      return "string"
    case "number":
      return "number"
    case "boolean":
      return "boolean"
  }
  return value === null ? "null" : isArray(value) ? "array" : value.kind
}

/** A value as Rego source: what `sprintf("%v")` and error messages show. Members are in Rego's order. */
export const valueText = (value: Value): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (value === null || typeof value === "boolean") return String(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return `[${value.map(valueText).join(", ")}]`
  if (value.kind === "object") {
    return `{${value
      .sorted()
      .map(([key, member]) => `${valueText(key)}: ${valueText(member)}`)
      .join(", ")}}`
  }
  return value.size === 0 ? "set()" : `{${value.sorted().map(valueText).join(", ")}}`
}
