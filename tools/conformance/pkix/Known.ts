/** The differences that are known and explained: a run fails only for others. */
import { Effect, Schema } from "effect"
import { ConformanceError, readText } from "../Files.ts"
import type { CrlMode } from "./Bars.ts"
import type { Answer } from "./Cases.ts"

const KnownDifference = Schema.Struct({
  name: Schema.String,
  /** Every mode without it. */
  crlModes: Schema.optionalKey(Schema.Array(Schema.Literals(["none", "strict", "warn"]))),
  answer: Schema.Literals(["accept", "refuse"]),
  reason: Schema.NonEmptyString
})

const KnownFile = Schema.fromJsonString(Schema.Array(KnownDifference))

export type KnownDifference = typeof KnownDifference.Type

/** Reads a file of known differences. */
export const readKnown = Effect.fn("readKnown")(function* (path: string) {
  const text = yield* readText(path)
  return yield* Schema.decodeEffect(KnownFile)(text).pipe(
    Effect.mapError((cause) => new ConformanceError({ message: `${path}: ${cause.message}` }))
  )
})

/** Whether this answer in this mode is a known difference. */
export const isKnown = (known: ReadonlyArray<KnownDifference>, name: string, answer: Answer, mode: CrlMode): boolean =>
  known.some((each) => each.name === name && each.answer === answer && (each.crlModes ?? [mode]).includes(mode))
