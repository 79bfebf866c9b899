/**
 * What a tunnel is, as a value: the command line, an embedding program and Nix all produce it, and nothing in it knows
 * how it was written. The encoded form takes plain strings (`"localhost:8080"`, `"10s"`).
 */
import { Schema } from "effect";
/** Where the tunnel's own certificate and key come from. */
export declare const CredentialSource: Schema.Union<readonly [Schema.TaggedStruct<"KeyPair", {
    readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
    readonly passwordPath: Schema.optionalKey<Schema.String>;
    readonly certificatePath: Schema.String;
    readonly keyPath: Schema.String;
}>, Schema.TaggedStruct<"Keystore", {
    readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
    readonly passwordPath: Schema.optionalKey<Schema.String>;
    readonly path: Schema.String;
}>, Schema.TaggedStruct<"None", {}>]>;
export type CredentialSource = typeof CredentialSource.Type;
export declare const StatusConfig: Schema.Struct<{
    readonly address: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.TaggedStruct<"Unix", {
        readonly text: Schema.String;
        readonly path: Schema.NonEmptyString;
    }>, Schema.TaggedStruct<"Systemd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>, Schema.TaggedStruct<"Launchd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>]>, Schema.String, never, never>;
    /** HTTPS with the tunnel's own certificate; only TCP addresses can. */
    readonly https: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Whether `POST /_shutdown` exists. */
    readonly enableShutdown: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Whether `/debug/pprof/` exists. */
    readonly enableProfiling: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Whether `/` is a page for people. */
    readonly page: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
    readonly targetStatus: Schema.optionalKey<Schema.String>;
}>;
export type StatusConfig = typeof StatusConfig.Type;
/** Pushes by OTLP over HTTP; how, is told by the `OTEL_*` variables. */
export declare const OtlpConfig: Schema.Struct<{
    /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
    readonly endpoint: Schema.Redacted<Schema.String>;
    /** Whether spans and log records of connections are pushed besides metrics. */
    readonly traces: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
}>;
export type OtlpConfig = typeof OtlpConfig.Type;
export declare const MetricsConfig: Schema.Struct<{
    readonly prefix: Schema.withDecodingDefaultKey<Schema.String, never>;
    /** How many peers' identities get series of their own; 0: none. */
    readonly identities: Schema.withDecodingDefaultKey<Schema.Int, never>;
    /** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
    readonly interval: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Where to push to by the Graphite protocol, every second. */
    readonly graphite: Schema.optionalKey<Schema.decodeTo<Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.String, never, never>>;
    /** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
    readonly postUrl: Schema.optionalKey<Schema.Redacted<Schema.String>>;
    readonly otlp: Schema.optionalKey<Schema.Struct<{
        /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
        readonly endpoint: Schema.Redacted<Schema.String>;
        /** Whether spans and log records of connections are pushed besides metrics. */
        readonly traces: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    }>>;
}>;
export type MetricsConfig = typeof MetricsConfig.Type;
export declare const QuietClass: Schema.Literals<readonly ["all", "conns", "conn-errs", "handshake-errs"]>;
export type QuietClass = typeof QuietClass.Type;
/** Threads that carry connections: a number of workers, 0 for the main thread itself, or as many as there are processors. */
export declare const Workers: Schema.Union<readonly [Schema.Literal<"auto">, Schema.Int]>;
export type Workers = typeof Workers.Type;
/** Certificate revocation lists. Pinned keys and anonymous clients are never looked up in them. */
export declare const RevocationConfig: Schema.Struct<{
    /** Files with lists, PEM or DER. */
    readonly listPaths: Schema.NonEmptyArray<Schema.String>;
    /** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
    readonly mode: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["strict", "warn"]>, never>;
}>;
export type RevocationConfig = typeof RevocationConfig.Type;
/** What carries the bytes: Node's own sockets and TLS, or the kernel's and OpenSSL directly (Linux). */
export declare const TransportChoice: Schema.Literals<readonly ["auto", "native", "node"]>;
export type TransportChoice = typeof TransportChoice.Type;
declare const ServerConfig_base: Schema.Class<ServerConfig, Schema.Struct<{
    readonly listen: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.TaggedStruct<"Unix", {
        readonly text: Schema.String;
        readonly path: Schema.NonEmptyString;
    }>, Schema.TaggedStruct<"Systemd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>, Schema.TaggedStruct<"Launchd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>]>, Schema.String, never, never>;
    readonly target: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.TaggedStruct<"Unix", {
        readonly text: Schema.String;
        readonly path: Schema.NonEmptyString;
    }>, Schema.TaggedStruct<"Systemd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>, Schema.TaggedStruct<"Launchd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>]>, Schema.String, never, never>;
    readonly credentials: Schema.Union<readonly [Schema.TaggedStruct<"KeyPair", {
        readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly passwordPath: Schema.optionalKey<Schema.String>;
        readonly certificatePath: Schema.String;
        readonly keyPath: Schema.String;
    }>, Schema.TaggedStruct<"Keystore", {
        readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly passwordPath: Schema.optionalKey<Schema.String>;
        readonly path: Schema.String;
    }>, Schema.TaggedStruct<"None", {}>]>;
    /** PEM bundle of trust anchors; the system's roots without it. */
    readonly caBundlePath: Schema.optionalKey<Schema.String>;
    /** Without it certificates are not checked for revocation. */
    readonly revocation: Schema.optionalKey<Schema.Struct<{
        /** Files with lists, PEM or DER. */
        readonly listPaths: Schema.NonEmptyArray<Schema.String>;
        /** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
        readonly mode: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["strict", "warn"]>, never>;
    }>>;
    readonly tls: Schema.withDecodingDefaultKey<Schema.Struct<{
        readonly maxVersion: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["TLSv1.2", "TLSv1.3"]>, never>;
        readonly cipherGroups: Schema.withDecodingDefaultKey<Schema.$Array<Schema.Literals<readonly ["AES", "CHACHA", "UNSAFE-AZURE"]>>, never>;
        readonly alpn: Schema.optionalKey<Schema.$Array<Schema.String>>;
    }>, never>;
    /** One budget from accept on for handshake and dial together. */
    readonly connectTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** How long the other direction may be idle after a half-close. */
    readonly closeTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Hard limit on a connection's life once bytes flow; zero or negative: none. */
    readonly maxConnectionLifetime: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Connections at a time over all threads; further ones wait. 0: no limit. */
    readonly maxConcurrentConnections: Schema.withDecodingDefaultKey<Schema.Int, never>;
    /** How long open connections may go on after a shutdown request. */
    readonly shutdownTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Period of unconditional reloads; zero or negative: never. */
    readonly reloadInterval: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Whether certificate, key and trust anchors are reloaded when their files change. */
    readonly watchFiles: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Whether the target's name must resolve at start. */
    readonly resolveTarget: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    readonly status: Schema.optionalKey<Schema.Struct<{
        readonly address: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
            readonly text: Schema.String;
            readonly host: Schema.String;
            readonly port: Schema.Int;
        }>, Schema.TaggedStruct<"Unix", {
            readonly text: Schema.String;
            readonly path: Schema.NonEmptyString;
        }>, Schema.TaggedStruct<"Systemd", {
            readonly text: Schema.String;
            readonly name: Schema.String;
        }>, Schema.TaggedStruct<"Launchd", {
            readonly text: Schema.String;
            readonly name: Schema.String;
        }>]>, Schema.String, never, never>;
        /** HTTPS with the tunnel's own certificate; only TCP addresses can. */
        readonly https: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `POST /_shutdown` exists. */
        readonly enableShutdown: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `/debug/pprof/` exists. */
        readonly enableProfiling: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `/` is a page for people. */
        readonly page: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
        readonly targetStatus: Schema.optionalKey<Schema.String>;
    }>>;
    readonly metrics: Schema.withDecodingDefaultKey<Schema.Struct<{
        readonly prefix: Schema.withDecodingDefaultKey<Schema.String, never>;
        /** How many peers' identities get series of their own; 0: none. */
        readonly identities: Schema.withDecodingDefaultKey<Schema.Int, never>;
        /** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
        readonly interval: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
        /** Where to push to by the Graphite protocol, every second. */
        readonly graphite: Schema.optionalKey<Schema.decodeTo<Schema.TaggedStruct<"Tcp", {
            readonly text: Schema.String;
            readonly host: Schema.String;
            readonly port: Schema.Int;
        }>, Schema.String, never, never>>;
        /** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
        readonly postUrl: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly otlp: Schema.optionalKey<Schema.Struct<{
            /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
            readonly endpoint: Schema.Redacted<Schema.String>;
            /** Whether spans and log records of connections are pushed besides metrics. */
            readonly traces: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        }>>;
    }>, never>;
    /** `json`: connection records carry every fact; whoever writes the lines decides how they look. */
    readonly logFormat: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["text", "json"]>, never>;
    readonly quiet: Schema.withDecodingDefaultKey<Schema.$Array<Schema.Literals<readonly ["all", "conns", "conn-errs", "handshake-errs"]>>, never>;
    readonly workers: Schema.withDecodingDefaultKey<Schema.Union<readonly [Schema.Literal<"auto">, Schema.Int]>, never>;
    readonly transport: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["auto", "native", "node"]>, never>;
    readonly mode: Schema.withDecodingDefaultKey<Schema.tag<"server">, never>;
    readonly access: Schema.Union<readonly [Schema.TaggedStruct<"AnyVerified", {}>, Schema.TaggedStruct<"Names", {
        readonly rules: Schema.Struct<{
            readonly commonNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly organizationalUnits: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly dnsNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly ipAddresses: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly uriPatterns: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        }>;
    }>, Schema.TaggedStruct<"Pins", {
        readonly pins: Schema.$Array<Schema.String>;
    }>, Schema.TaggedStruct<"Anonymous", {}>]>;
    /** Sends a PROXY protocol v2 header to the target: addresses alone, with TLS facts, or with the client certificate too. */
    readonly proxyProtocol: Schema.optionalKey<Schema.Literals<readonly ["conn", "tls", "tls-full"]>>;
}>, {}>;
/** A TLS listener in front of a plaintext target. */
export declare class ServerConfig extends ServerConfig_base {
}
declare const ClientConfig_base: Schema.Class<ClientConfig, Schema.Struct<{
    readonly listen: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.TaggedStruct<"Unix", {
        readonly text: Schema.String;
        readonly path: Schema.NonEmptyString;
    }>, Schema.TaggedStruct<"Systemd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>, Schema.TaggedStruct<"Launchd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>]>, Schema.String, never, never>;
    readonly target: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
        readonly text: Schema.String;
        readonly host: Schema.String;
        readonly port: Schema.Int;
    }>, Schema.TaggedStruct<"Unix", {
        readonly text: Schema.String;
        readonly path: Schema.NonEmptyString;
    }>, Schema.TaggedStruct<"Systemd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>, Schema.TaggedStruct<"Launchd", {
        readonly text: Schema.String;
        readonly name: Schema.String;
    }>]>, Schema.String, never, never>;
    readonly credentials: Schema.Union<readonly [Schema.TaggedStruct<"KeyPair", {
        readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly passwordPath: Schema.optionalKey<Schema.String>;
        readonly certificatePath: Schema.String;
        readonly keyPath: Schema.String;
    }>, Schema.TaggedStruct<"Keystore", {
        readonly password: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly passwordPath: Schema.optionalKey<Schema.String>;
        readonly path: Schema.String;
    }>, Schema.TaggedStruct<"None", {}>]>;
    /** PEM bundle of trust anchors; the system's roots without it. */
    readonly caBundlePath: Schema.optionalKey<Schema.String>;
    /** Without it certificates are not checked for revocation. */
    readonly revocation: Schema.optionalKey<Schema.Struct<{
        /** Files with lists, PEM or DER. */
        readonly listPaths: Schema.NonEmptyArray<Schema.String>;
        /** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
        readonly mode: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["strict", "warn"]>, never>;
    }>>;
    readonly tls: Schema.withDecodingDefaultKey<Schema.Struct<{
        readonly maxVersion: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["TLSv1.2", "TLSv1.3"]>, never>;
        readonly cipherGroups: Schema.withDecodingDefaultKey<Schema.$Array<Schema.Literals<readonly ["AES", "CHACHA", "UNSAFE-AZURE"]>>, never>;
        readonly alpn: Schema.optionalKey<Schema.$Array<Schema.String>>;
    }>, never>;
    /** One budget from accept on for handshake and dial together. */
    readonly connectTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** How long the other direction may be idle after a half-close. */
    readonly closeTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Hard limit on a connection's life once bytes flow; zero or negative: none. */
    readonly maxConnectionLifetime: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Connections at a time over all threads; further ones wait. 0: no limit. */
    readonly maxConcurrentConnections: Schema.withDecodingDefaultKey<Schema.Int, never>;
    /** How long open connections may go on after a shutdown request. */
    readonly shutdownTimeout: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Period of unconditional reloads; zero or negative: never. */
    readonly reloadInterval: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
    /** Whether certificate, key and trust anchors are reloaded when their files change. */
    readonly watchFiles: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    /** Whether the target's name must resolve at start. */
    readonly resolveTarget: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
    readonly status: Schema.optionalKey<Schema.Struct<{
        readonly address: Schema.decodeTo<Schema.Union<readonly [Schema.TaggedStruct<"Tcp", {
            readonly text: Schema.String;
            readonly host: Schema.String;
            readonly port: Schema.Int;
        }>, Schema.TaggedStruct<"Unix", {
            readonly text: Schema.String;
            readonly path: Schema.NonEmptyString;
        }>, Schema.TaggedStruct<"Systemd", {
            readonly text: Schema.String;
            readonly name: Schema.String;
        }>, Schema.TaggedStruct<"Launchd", {
            readonly text: Schema.String;
            readonly name: Schema.String;
        }>]>, Schema.String, never, never>;
        /** HTTPS with the tunnel's own certificate; only TCP addresses can. */
        readonly https: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `POST /_shutdown` exists. */
        readonly enableShutdown: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `/debug/pprof/` exists. */
        readonly enableProfiling: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Whether `/` is a page for people. */
        readonly page: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        /** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
        readonly targetStatus: Schema.optionalKey<Schema.String>;
    }>>;
    readonly metrics: Schema.withDecodingDefaultKey<Schema.Struct<{
        readonly prefix: Schema.withDecodingDefaultKey<Schema.String, never>;
        /** How many peers' identities get series of their own; 0: none. */
        readonly identities: Schema.withDecodingDefaultKey<Schema.Int, never>;
        /** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
        readonly interval: Schema.withDecodingDefaultKey<Schema.decodeTo<Schema.Duration, Schema.String, never, never>, never>;
        /** Where to push to by the Graphite protocol, every second. */
        readonly graphite: Schema.optionalKey<Schema.decodeTo<Schema.TaggedStruct<"Tcp", {
            readonly text: Schema.String;
            readonly host: Schema.String;
            readonly port: Schema.Int;
        }>, Schema.String, never, never>>;
        /** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
        readonly postUrl: Schema.optionalKey<Schema.Redacted<Schema.String>>;
        readonly otlp: Schema.optionalKey<Schema.Struct<{
            /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
            readonly endpoint: Schema.Redacted<Schema.String>;
            /** Whether spans and log records of connections are pushed besides metrics. */
            readonly traces: Schema.withDecodingDefaultKey<Schema.Boolean, never>;
        }>>;
    }>, never>;
    /** `json`: connection records carry every fact; whoever writes the lines decides how they look. */
    readonly logFormat: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["text", "json"]>, never>;
    readonly quiet: Schema.withDecodingDefaultKey<Schema.$Array<Schema.Literals<readonly ["all", "conns", "conn-errs", "handshake-errs"]>>, never>;
    readonly workers: Schema.withDecodingDefaultKey<Schema.Union<readonly [Schema.Literal<"auto">, Schema.Int]>, never>;
    readonly transport: Schema.withDecodingDefaultKey<Schema.Literals<readonly ["auto", "native", "node"]>, never>;
    readonly mode: Schema.withDecodingDefaultKey<Schema.tag<"client">, never>;
    /** What the server must be beyond a verified chain and host name; pins replace both. */
    readonly access: Schema.withDecodingDefaultKey<Schema.Union<readonly [Schema.TaggedStruct<"AnyVerified", {}>, Schema.TaggedStruct<"Names", {
        readonly rules: Schema.Struct<{
            readonly commonNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly organizationalUnits: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly dnsNames: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly ipAddresses: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
            readonly uriPatterns: Schema.withDecodingDefaultKey<Schema.$Array<Schema.String>, never>;
        }>;
    }>, Schema.TaggedStruct<"Pins", {
        readonly pins: Schema.$Array<Schema.String>;
    }>, Schema.TaggedStruct<"Anonymous", {}>]>, never>;
    /** The name to ask for and to verify, when it is not the target's host. */
    readonly serverName: Schema.optionalKey<Schema.String>;
    /** URL of a proxy (`http`, `socks5` or `socks5h`) to connect through; may hold credentials. */
    readonly proxyUrl: Schema.optionalKey<Schema.Redacted<Schema.String>>;
}>, {}>;
/** A plaintext listener in front of a TLS target. */
export declare class ClientConfig extends ClientConfig_base {
}
export type TunnelConfig = ServerConfig | ClientConfig;
export {};
