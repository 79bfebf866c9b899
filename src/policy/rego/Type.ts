/**
 * Types as Rego's checker knows them. They say which values an expression may have, so that a comparison that can
 * never hold, or a call with the wrong arguments, is refused at load.
 */
import { compare } from "./values/Order.ts"
import { type Value, valueText } from "./values/Value.ts"

export type Type =
  | { readonly kind: "null" | "boolean" | "number" | "string" }
  /** `first` are the types at fixed indices, `rest` that of all further ones; without it there are none. */
  | { readonly kind: "array"; readonly first: ReadonlyArray<Type>; readonly rest?: Type | undefined }
  | {
      readonly kind: "object"
      readonly fields: ReadonlyArray<readonly [key: Value, type: Type]>
      readonly rest?: { readonly key: Type; readonly value: Type } | undefined
    }
  | { readonly kind: "set"; readonly of?: Type | undefined }
  /** One of several; of none means any value. */
  | { readonly kind: "any"; readonly of: ReadonlyArray<Type> }
  | { readonly kind: "function"; readonly args: ReadonlyArray<Type>; readonly result: Type }

export const any: Type = { kind: "any", of: [] }
export const nullType: Type = { kind: "null" }
export const boolean: Type = { kind: "boolean" }
export const number: Type = { kind: "number" }
export const string: Type = { kind: "string" }

/** An array of any length whose members have this type. */
export const arrayOf = (of: Type): Type => ({ kind: "array", first: [], rest: of })

/** An array of exactly these members. */
export const tuple = (...first: ReadonlyArray<Type>): Type => ({ kind: "array", first })

export const setOfType = (of: Type): Type => ({ kind: "set", of })

/** An object of any keys of one type and values of another. */
export const mapOf = (key: Type, value: Type): Type => ({ kind: "object", fields: [], rest: { key, value } })

/** An object of exactly these members. */
export const struct = (fields: Readonly<Record<string, Type>>): Type => ({
  kind: "object",
  fields: Object.entries(fields).sort(([a], [b]) => compare(a, b))
})

/** One of several types. */
export const oneOf = (...of: ReadonlyArray<Type>): Type => ({ kind: "any", of })

/** A type as messages show it. */
export const typeText = (type: Type | undefined): string => {
  if (type === undefined) return "???"
  switch (type.kind) {
    case "array": {
      const first = type.first.length > 0 ? `<${type.first.map(typeText).join(", ")}>` : ""
      return `array${first}${type.rest === undefined ? "" : `[${typeText(type.rest)}]`}`
    }
    case "object": {
      const fields = type.fields.map(
        ([key, of]) => `${typeof key === "string" ? key : valueText(key)}: ${typeText(of)}`
      )
      const rest = type.rest === undefined ? "" : `[${typeText(type.rest.key)}: ${typeText(type.rest.value)}]`
      return `object${fields.length > 0 ? `<${fields.join(", ")}>` : ""}${rest}`
    }
    case "set":
      return type.of === undefined ? "set" : `set[${typeText(type.of)}]`
    case "any":
      return type.of.length === 0 ? "any" : `any<${type.of.map(typeText).join(", ")}>`
    case "function":
      return `(${type.args.map(typeText).join(", ")}) => ${typeText(type.result)}`
    default:
      return type.kind
  }
}

/** Any object. */
export const anyObject: Type = mapOf(any, any)
