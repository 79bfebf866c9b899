/** Why something sealed with a password stays shut. */
import { Data, Effect } from "effect"
import { Malformed } from "../../access/Der.ts"

/** It is in order, but this password does not open it. */
export class WrongPassword extends Data.TaggedError("WrongPassword") {}

/** No password would help: malformed, of an unknown kind, or asking for more work than is allowed. */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly reason: string }> {}

/** Runs a parser; what is malformed for it is `Unreadable`. */
export const reading = <A>(parse: () => A): Effect.Effect<A, Unreadable> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(parse())
    } catch (cause) {
      if (cause instanceof Malformed) return Effect.fail(new Unreadable({ reason: cause.message }))
      throw cause
    }
  })
