/** Revocation lists. */
import { Effect, Schema } from "effect"
import { closed } from "./Closed.ts"

/** Certificate revocation lists. Pinned keys and anonymous clients are never looked up in them. */
export const RevocationConfig = closed(
  Schema.Struct({
    /** Files with lists (PEM or DER), directories of such files, and `http(s)` URLs, which are fetched in the background. */
    listPaths: Schema.NonEmptyArray(Schema.String),
    /** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
    mode: Schema.Literals(["strict", "warn"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("strict")))
  })
)
export type RevocationConfig = typeof RevocationConfig.Type
