/** Why something sealed with a password stays shut. */
import { Data, Effect, Redacted } from "effect"
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

/** What to do about a password that does not open a file. */
export const passwordHint = (password: Redacted.Redacted | undefined): string => {
  if (password === undefined) return "no password was given: give it with --storepass-file"
  return Redacted.value(password) === "" ? "the given password is empty" : "the given password does not open it"
}
