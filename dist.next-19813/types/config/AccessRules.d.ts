/** Who may pass, as a value: it crosses threads and carries no behaviour (contract: credentials, section 4.1). */
import { Schema } from "effect";
/** Names a peer certificate may carry. One match is enough; without any entry the rules name nobody. */
export declare const NameRules: Schema.Struct<{
    /** The subject's common name, compared byte for byte. */
    readonly commonNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
    /** Any of the subject's organizational units. */
    readonly organizationalUnits: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
    /** A DNS name among the subject alternative names, compared literally. */
    readonly dnsNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
    /** An IP address among the subject alternative names. */
    readonly ipAddresses: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
    /** Patterns for URIs among the subject alternative names (contract, section 4.2). */
    readonly uriPatterns: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
}>;
export type NameRules = typeof NameRules.Type;
export declare const AccessRules: Schema.Union<readonly [Schema.TaggedStruct<"AnyVerified", {}>, Schema.TaggedStruct<"Names", {
    readonly rules: Schema.Struct<{
        /** The subject's common name, compared byte for byte. */
        readonly commonNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        /** Any of the subject's organizational units. */
        readonly organizationalUnits: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        /** A DNS name among the subject alternative names, compared literally. */
        readonly dnsNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        /** An IP address among the subject alternative names. */
        readonly ipAddresses: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        /** Patterns for URIs among the subject alternative names (contract, section 4.2). */
        readonly uriPatterns: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
    }>;
}>, Schema.TaggedStruct<"Pins", {
    readonly pins: Schema.$Array<Schema.String>;
}>, Schema.TaggedStruct<"Anonymous", {}>]>;
export type AccessRules = typeof AccessRules.Type;
