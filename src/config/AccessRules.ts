/** Who may pass, as a value: it crosses threads and carries no behaviour (docs/compatibility/credentials.md, 4.1). */
import { Effect, Schema } from "effect"
import { closed } from "./Closed.ts"

const names = Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

/** Names a peer certificate may carry. One match is enough; without any entry no peer matches. */
export const NameRules = closed(
  Schema.Struct({
    /** The subject's common name, compared byte for byte. */
    commonNames: names,
    /** Any of the subject's organizational units. */
    organizationalUnits: names,
    /** A DNS name among the subject alternative names, compared literally. */
    dnsNames: names,
    /** An IP address among the subject alternative names. */
    ipAddresses: names,
    /** Patterns for URIs among the subject alternative names (docs/compatibility/credentials.md, 4.2). */
    uriPatterns: names
  })
)
export type NameRules = typeof NameRules.Type

export const AccessRules = Schema.Union([
  /** Every peer whose certificate chain verifies. */
  Schema.TaggedStruct("AnyVerified", {}),
  /** A verified chain and one of these names. */
  Schema.TaggedStruct("Names", { rules: NameRules }),
  /** A verified chain, and one of these names or a Rego policy that allows the peer (docs/policies.md). */
  Schema.TaggedStruct("Policy", {
    /** A `.rego` file, a directory, or a gzip-compressed tar bundle. */
    path: Schema.String,
    /** Must be exactly true, such as `data.access.allow`. */
    query: Schema.String,
    /** Asked first; the policy is not evaluated for a peer that one of them allows. */
    rules: NameRules.pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
  }),
  /** The certificate's public key is pinned; nothing else about the certificate counts (docs/compatibility/credentials.md, 4.3). */
  Schema.TaggedStruct("Pins", { pins: Schema.Array(Schema.String) }),
  /** No certificate is asked for (servers only). */
  Schema.TaggedStruct("Anonymous", {})
])
export type AccessRules = typeof AccessRules.Type
