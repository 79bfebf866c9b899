/** Why a tunnel cannot start. */
import { Schema } from "effect"

/** The tunnel cannot start. `lines` go to the log, `message` to the user; nothing was left listening. */
export class StartError extends Schema.TaggedError<StartError>()("StartError", {
  message: Schema.String,
  lines: Schema.Array(Schema.String)
}) {}

/** The error with its message for the user first, then the lines for the log in order. */
export const startError = (message: string, ...lines: ReadonlyArray<string>): StartError =>
  new StartError({ message, lines })
