/** Certificate, key or trust anchors that cannot be used. */
import { Schema } from "effect"

/** The message is the Go program's `<err>`, such as `reading certificate file "P": open P: no such file or directory`. */
export class CredentialError extends Schema.TaggedError<CredentialError>()("CredentialError", {
  message: Schema.String,
  /** What cannot be used; absent for certificate, key and revocation lists. */
  part: Schema.optionalKey(Schema.Literal("trust_anchors"))
}) {}
