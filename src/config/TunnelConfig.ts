/**
 * What a tunnel is, as a value: the command line, an embedding program and Nix all produce it, and nothing in it knows
 * how it was written. The encoded form takes plain strings (`"localhost:8080"`, `"10s"`).
 */
import { Effect, Schema } from "effect"
import { AccessRules } from "./AccessRules.ts"
import { AddressFromString } from "./Address.ts"
import { closed } from "./Closed.ts"
import { clientProblem, serverProblem } from "./ConfigRules.ts"
import { CredentialSource } from "./CredentialConfig.ts"
import { duration, flag, secret } from "./Fields.ts"
import { MetricsConfig } from "./MetricsConfig.ts"
import { RevocationConfig } from "./RevocationConfig.ts"
import { StatusConfig } from "./StatusConfig.ts"
import { TlsOptions } from "./TlsOptions.ts"

export const QuietClass = Schema.Literals(["all", "conns", "conn-errs", "handshake-errs"])
export type QuietClass = typeof QuietClass.Type

/** Threads that carry connections: a number of workers, 0 for the main thread itself, or as many as there are processors. */
export const Workers = Schema.Union([
  Schema.Literal("auto"),
  Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 64 })))
])
export type Workers = typeof Workers.Type

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
  /** `json`: one JSON object a line, with everything known about a connection. */
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
  maxConcurrentConnections: Schema.Int.pipe(
    Schema.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 32 - 1 })),
    Schema.withDecodingDefaultKey(Effect.succeed(0))
  ),
  /** Whether the target's name must resolve at start. */
  resolveTarget: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true)))
} as const

/** A TLS listener in front of a plaintext target. */
export const ServerConfig = closed(
  Schema.Struct({
    mode: Schema.tag("server").pipe(Schema.withDecodingDefaultKey(Effect.succeed("server"))),
    ...processFields,
    ...tunnelFields,
    access: AccessRules,
    /** Sends a PROXY protocol v2 header to the target: addresses alone, with TLS facts, or with the client certificate too. */
    proxyProtocol: Schema.optionalKey(Schema.Literals(["conn", "tls", "tls-full"])),
    /** Lets plaintext leave the machine: the target need not be local. */
    unsafeTarget: flag
  })
).pipe(Schema.check(Schema.makeFilter(serverProblem)))
export type ServerConfig = typeof ServerConfig.Type

/** A plaintext listener in front of a TLS target. */
export const ClientConfig = closed(
  Schema.Struct({
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
    proxyUrl: Schema.optionalKey(secret(Schema.String)),
    /** Lets other machines send plaintext: the listener need not be local. */
    unsafeListen: flag
  })
).pipe(Schema.check(Schema.makeFilter(clientProblem)))
export type ClientConfig = typeof ClientConfig.Type

export type TunnelConfig = ServerConfig | ClientConfig
