/** Where a tunnel's own certificate and key come from. */
import { Schema } from "effect"
import { closed } from "./Closed.ts"
import { secret } from "./Fields.ts"

/** The password of a keystore or of an encrypted key, or the file that holds it: a path, or `credential:NAME`. */
const password = {
  password: Schema.optionalKey(secret(Schema.String)),
  passwordPath: Schema.optionalKey(Schema.String)
} as const

/** Where the tunnel's own certificate and key come from. */
export const CredentialSource = Schema.Union([
  /** PEM files: the chain, leaf first, and the key. */
  closed(Schema.TaggedStruct("KeyPair", { certificatePath: Schema.String, keyPath: Schema.String, ...password })),
  /** One file with both (docs/compatibility/credentials.md, 1.2). */
  closed(Schema.TaggedStruct("Keystore", { path: Schema.String, ...password })),
  /** No certificate: clients that present none. */
  closed(Schema.TaggedStruct("None", {}))
])
export type CredentialSource = typeof CredentialSource.Type
