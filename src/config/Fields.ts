/** Kinds of fields that several parts of the configuration have. */
import { Effect, Schema } from "effect"
import { GoDuration } from "./GoDuration.ts"
import { refuseUrl } from "./HostText.ts"

/** Secrets as plain text, or redacted already. */
export const secret = <S extends Schema.Codec<string>>(text: S) =>
  Schema.Union([Schema.RedactedFromValue(text), Schema.Redacted(text)])

/** A duration that defaults to Go's text for one. */
export const duration = (byDefault: string) => GoDuration.pipe(Schema.withDecodingDefaultKey(Effect.succeed(byDefault)))
/** A boolean that defaults to false. */
export const flag = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

/** A URL as requests take it, without a host that only a resolver understands. */
export const Url = Schema.String.pipe(Schema.check(Schema.makeFilter(refuseUrl)))
