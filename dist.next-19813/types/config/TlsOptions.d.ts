/** Protocol versions, cipher suites and groups (contract: credentials, section 3). */
import { Result, Schema } from "effect";
export declare const CipherGroup: Schema.Literals<readonly ["AES", "CHACHA", "UNSAFE-AZURE"]>;
export type CipherGroup = typeof CipherGroup.Type;
/** What is wrong with one protocol's name, to follow the name itself; `undefined` for a good one (RFC 7301, section 3.1). */
export declare const refuseProtocol: (name: string) => string | undefined;
/** More would not fit into the first message of a handshake. */
export declare const maxProtocols = 64;
export declare const TlsOptions: Schema.Struct<{
    /** The highest version offered; 1.2 is the lowest always. */
    readonly maxVersion: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["TLSv1.2", "TLSv1.3"]>, never>;
    readonly cipherGroups: Schema.withDecodingDefaultKey<Schema.$Array<Schema.Literals<readonly ["AES", "CHACHA", "UNSAFE-AZURE"]>>, never>;
    /**
     * Application protocols (RFC 7301): what clients offer, and what servers choose from in this order of preference. Where
     * both sides name some and none is common, the handshake fails. None: the extension is not used.
     */
    readonly alpn: Schema.optionalKey<Schema.$Array<Schema.String>>;
}>;
export type TlsOptions = typeof TlsOptions.Type;
/** TLS 1.3 suites in the server's order of preference; no option restricts them. */
export declare const tls13Suites: readonly ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
/** TLS 1.2 suites of the groups in the server's own order, whatever order they were named in. */
export declare const tls12Suites: (groups: ReadonlyArray<CipherGroup>) => ReadonlyArray<string>;
/** Key exchange groups in order of preference. */
export declare const groups: readonly ["X25519MLKEM768", "X25519", "P-256", "P-384", "P-521"];
/** The names as OpenSSL takes them, each after its length in bytes; `undefined` for none. */
export declare const alpnWire: ({ alpn }: Pick<TlsOptions, "alpn">) => Buffer | undefined;
/** Reads `AES,CHACHA`. The failure is the contract's sentence. */
export declare const parseCipherGroups: (text: string, allowUnsafe: boolean) => Result.Result<ReadonlyArray<CipherGroup>, string>;
