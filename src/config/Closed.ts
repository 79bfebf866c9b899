/** Structs that refuse unknown keys: a misspelt option must not silently mean its default. */
import { Effect, Schema, SchemaIssue, SchemaParser } from "effect"
import { editDistance } from "./EditDistance.ts"

/** The known key that the unknown one was most probably meant to be; undefined when none is close. */
const nearest = (key: string, known: ReadonlyArray<string>): string | undefined => {
  const limit = key.length < 5 ? 1 : 2
  const ranked = known
    .map((each) => ({ each, distance: editDistance(key.toLowerCase(), each.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.each
}

/** The message about an unknown key. */
export const unknownKey = (key: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(key, known)
  return `unknown key ${JSON.stringify(key)}${meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`}`
}

const unknownOf = (input: unknown, known: ReadonlyArray<string>): string | undefined =>
  typeof input === "object" && input !== null ? Object.keys(input).find((key) => !known.includes(key)) : undefined

/** The same struct, that refuses keys it does not have, when it is decoded as well as when it is made. */
export const closed = <const Fields extends Schema.Struct.Fields>(struct: Schema.Struct<Fields>) => {
  const known = Object.keys(struct.fields)
  return Schema.declareConstructor<Schema.Struct<Fields>["Type"], Schema.Struct<Fields>["Encoded"]>()(
    [struct],
    ([codec]) => {
      const decode = SchemaParser.decodeUnknownEffect(codec)
      return (input, ast, options) => {
        const key = unknownOf(input, known)
        if (key === undefined) return decode(input, options)
        const issue = new SchemaIssue.InvalidValue({ message: unknownKey(key, known) }, input, options)
        return Effect.fail(new SchemaIssue.Composite(ast, [new SchemaIssue.Pointer([key], issue)], input, options))
      }
    }
  )
}
