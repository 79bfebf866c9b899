/**
 * What a tunnel is, as a value: the command line, an embedding program and Nix all produce it, and nothing in it knows
 * how it was written. The encoded form takes plain strings (`"localhost:8080"`, `"10s"`).
 */
import { Effect, Schema } from "effect"
import { AccessRules } from "./AccessRules.ts"
import { AddressFromString, TcpAddressFromString } from "./Address.ts"
import { AllowedHost } from "./AllowedHost.ts"
import { GoDuration } from "./GoDuration.ts"
import { refuseUrl } from "./HostText.ts"
import { MetricsPrefix } from "./MetricsPrefix.ts"
import { TlsOptions } from "./TlsOptions.ts"

const duration = (byDefault: string) => GoDuration.pipe(Schema.withDecodingDefaultKey(Effect.succeed(byDefault)))
const flag = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

/** A URL as requests take it, without a host that only a resolver understands. */
const Url = Schema.String.pipe(Schema.check(Schema.makeFilter(refuseUrl)))

/** The password of a keystore or of an encrypted key, or the file that holds it: a path, or `credential:NAME`. */
const password = {
  password: Schema.optionalKey(Schema.Redacted(Schema.String)),
  passwordPath: Schema.optionalKey(Schema.String)
} as const

/** Where the tunnel's own certificate and key come from. */
export const CredentialSource = Schema.Union([
  /** PEM files: the chain, leaf first, and the key. */
  Schema.TaggedStruct("KeyPair", { certificatePath: Schema.String, keyPath: Schema.String, ...password }),
  /** One file with both (contract: credentials, section 1.2). */
  Schema.TaggedStruct("Keystore", { path: Schema.String, ...password }),
  /** No certificate: clients that present none. */
  Schema.TaggedStruct("None", {})
])
export type CredentialSource = typeof CredentialSource.Type

export const StatusConfig = Schema.Struct({
  address: AddressFromString,
  /** HTTPS with the tunnel's own certificate; only TCP addresses can. */
  https: flag,
  /** Whether `POST /_shutdown` exists. */
  enableShutdown: flag,
  /** Whether `/debug/pprof/` exists. */
  enableProfiling: flag,
  /** Whether `/` is a page for people. */
  page: flag,
  /** On plain HTTP over TCP: hosts under which browsers may ask, besides literal addresses and `localhost`. */
  allowedHosts: Schema.Array(AllowedHost).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** Servers only: checks the backend with a GET of this URL instead of a bare connect. */
  targetStatus: Schema.optionalKey(Url)
})
export type StatusConfig = typeof StatusConfig.Type

/** Pushes by OTLP over HTTP; how, is told by the `OTEL_*` variables. */
export const OtlpConfig = Schema.Struct({
  /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
  endpoint: Schema.Redacted(Url),
  /** Whether spans and log records of connections are pushed besides metrics. */
  traces: flag
})
export type OtlpConfig = typeof OtlpConfig.Type

export const MetricsConfig = Schema.Struct({
  prefix: MetricsPrefix.pipe(Schema.withDecodingDefaultKey(Effect.succeed("ghostunnel"))),
  /** How many peers' identities get series of their own; 0: none. */
  identities: Schema.Int.pipe(
    Schema.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
    Schema.withDecodingDefaultKey(Effect.succeed(0))
  ),
  /** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
  interval: duration("30s"),
  /** Where to push to by the Graphite protocol, every second. */
  graphite: Schema.optionalKey(TcpAddressFromString),
  /** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
  postUrl: Schema.optionalKey(Schema.Redacted(Url)),
  otlp: Schema.optionalKey(OtlpConfig)
})
export type MetricsConfig = typeof MetricsConfig.Type

export const QuietClass = Schema.Literals(["all", "conns", "conn-errs", "handshake-errs"])
export type QuietClass = typeof QuietClass.Type

/** Threads that carry connections: a number of workers, 0 for the main thread itself, or as many as there are processors. */
export const Workers = Schema.Union([
  Schema.Literal("auto"),
  Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 64 })))
])
export type Workers = typeof Workers.Type

/** Certificate revocation lists. Pinned keys and anonymous clients are never looked up in them. */
export const RevocationConfig = Schema.Struct({
  /** Files with lists (PEM or DER), directories of such files, and `http(s)` URLs, which are fetched in the background. */
  listPaths: Schema.NonEmptyArray(Schema.String),
  /** What becomes of peers when a list of an issuer in their chain is missing, stale or unusable. */
  mode: Schema.Literals(["strict", "warn"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("strict")))
})
export type RevocationConfig = typeof RevocationConfig.Type

/** What carries the bytes: Node's own sockets and TLS, or the kernel's and OpenSSL directly (Linux). */
export const TransportChoice = Schema.Literals(["auto", "native", "node"])
export type TransportChoice = typeof TransportChoice.Type

/** What a process has once, however many tunnels it runs. */
export const processFields = {
  /** How long open connections may go on after a shutdown request. */
  shutdownTimeout: duration("5m"),
  /** Period of unconditional reloads; zero or negative: never. */
  reloadInterval: duration("0s"),
  /** Whether certificate, key and trust anchors are reloaded when their files change. */
  watchFiles: flag,
  status: Schema.optionalKey(StatusConfig),
  metrics: MetricsConfig.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  /** `json`: connection records carry every fact; whoever writes the lines decides how they look. */
  logFormat: Schema.Literals(["text", "json"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("text"))),
  quiet: Schema.Array(QuietClass).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  workers: Workers.pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto"))),
  /**
   * The program of worker threads, as a path or a `file:` URL: what a bundler made of `ghostunnel/worker`. Needed only where
   * a bundle does not hold it as `worker.mjs` beside the rest.
   */
  workerEntry: Schema.optionalKey(Schema.String),
  transport: TransportChoice.pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto")))
} as const

/** What each tunnel has, in both modes. */
export const tunnelFields = {
  listen: AddressFromString,
  target: AddressFromString,
  credentials: CredentialSource,
  /** PEM bundle of trust anchors; the system's roots without it. */
  caBundlePath: Schema.optionalKey(Schema.String),
  /** Without it certificates are not checked for revocation. */
  revocation: Schema.optionalKey(RevocationConfig),
  tls: TlsOptions.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  /** One budget from accept on for handshake and dial together. */
  connectTimeout: duration("10s"),
  /** How long the other direction may be idle after a half-close. */
  closeTimeout: duration("60s"),
  /** Hard limit on a connection's life once bytes flow; zero or negative: none. */
  maxConnectionLifetime: duration("0s"),
  /** Connections at a time over all threads; further ones wait. 0: no limit. */
  maxConcurrentConnections: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  /** Whether the target's name must resolve at start. */
  resolveTarget: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
} as const

/** A TLS listener in front of a plaintext target. */
export class ServerConfig extends Schema.Class<ServerConfig>("ghostunnel/ServerConfig")({
  mode: Schema.tag("server").pipe(Schema.withDecodingDefaultKey(Effect.succeed("server"))),
  ...processFields,
  ...tunnelFields,
  access: AccessRules,
  /** Sends a PROXY protocol v2 header to the target: addresses alone, with TLS facts, or with the client certificate too. */
  proxyProtocol: Schema.optionalKey(Schema.Literals(["conn", "tls", "tls-full"]))
}) {}

/** A plaintext listener in front of a TLS target. */
export class ClientConfig extends Schema.Class<ClientConfig>("ghostunnel/ClientConfig")({
  mode: Schema.tag("client").pipe(Schema.withDecodingDefaultKey(Effect.succeed("client"))),
  ...processFields,
  ...tunnelFields,
  /** What the server must be beyond a verified chain and host name; pins replace both. */
  access: AccessRules.pipe(Schema.withDecodingDefaultKey(Effect.succeed({ _tag: "AnyVerified" }))),
  /** The name to ask for and to verify, when it is not the target's host. */
  serverName: Schema.optionalKey(Schema.String),
  /** What is asked of the OCSP response that the server staples: nothing, that a given one is good, or that there is one. */
  ocsp: Schema.Literals(["off", "staple", "require"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("off"))),
  /** URL of a proxy (`http`, `socks5` or `socks5h`) to connect through; may hold credentials. */
  proxyUrl: Schema.optionalKey(Schema.Redacted(Schema.String))
}) {}

export type TunnelConfig = ServerConfig | ClientConfig
