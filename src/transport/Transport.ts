/**
 * The seam between connections and bytes. A transport listens, handshakes, dials, half-closes and pumps; what runs above
 * it (`proxy/`) does not know which one it is. `Transport.layerNode` (`transport/node/`) is built on Node's `net` and
 * `tls`.
 *
 * Rules every transport keeps:
 * - The judge speaks before anything is read from, written to or dialled for a peer, and a missing verdict is a refusal.
 * - Whatever an Effect here holds is closed when it fails or is interrupted; on success ownership passes to the caller.
 * - Deadlines are absolute (`performance.now()` milliseconds) and never extended by activity.
 * - No Effect runs per chunk of bytes.
 */
import { Context, type Effect, Schema, type Scope } from "effect"
import type { StapleCheck } from "../access/ocsp/StapleCheck.ts"
import type { Judge } from "../access/Verdict.ts"
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts"
import type { TlsOptions } from "../config/TlsOptions.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { SocketFile } from "../runtime/UnixSocketFile.ts"
import type { ConnectionFailure } from "./ConnectionFailure.ts"
import type { UpstreamProxy } from "./UpstreamProxy.ts"

/** The address cannot be listened on. The message is the Go program's tail (`listen tcp 127.0.0.1:1: bind: ..`). */
export class BindError extends Schema.TaggedError<BindError>()("BindError", {
  address: Schema.String,
  message: Schema.String
}) {}

/** Certificate, key, trust anchors or TLS options that OpenSSL will not take. */
export class TlsMaterialError extends Schema.TaggedError<TlsMaterialError>()("TlsMaterialError", {
  message: Schema.String
}) {}

/** One end of a connection as the log shows it: `tcp:1.2.3.4:5`, `unix:@`. */
export interface EndpointName {
  readonly network: "tcp" | "unix"
  /** `1.2.3.4:5`, `[::1]:5`, a path, or `@` for an unnamed UNIX peer; IPv4-mapped addresses as IPv4. */
  readonly address: string
}

/** What a finished handshake settled. */
export interface TlsFacts {
  readonly version: "TLS 1.2" | "TLS 1.3"
  /** OpenSSL's name of the suite. */
  readonly cipher: string
  /** Name of the key exchange group where the transport can tell. */
  readonly group: string | undefined
  /** The name asked for by SNI. */
  readonly serverName: string | undefined
  readonly alpn: string | undefined
  /** DER, leaf first; empty when the peer showed no certificate. */
  readonly peerChain: ReadonlyArray<Uint8Array>
  /** The judge's words for why the peer may pass. */
  readonly admittedBy?: string | undefined
}

/** An open, judged, unread connection. Only the transport that made it can pump it. */
export interface Stream {
  readonly remote: EndpointName
  readonly local: EndpointName
  /** Undefined for plaintext. */
  readonly tls: TlsFacts | undefined
  /** Sends these bytes before anything the pump carries. Once, before the pump starts. */
  readonly prefix: (bytes: Uint8Array) => Effect.Effect<void, ConnectionFailure>
  /** Gives the connection up: nothing more is sent but what closing needs. Idempotent. */
  readonly close: () => void
  /** Gives the connection up with a reset, on TCP; nothing more is sent, not even what closing TLS needs. Idempotent. */
  readonly reset: () => void
}

/** An accepted connection that has not been read from. */
export interface RawConnection {
  readonly remote: EndpointName
  /** Closes it unanswered, with a reset. Does nothing once `accept` has taken it. Idempotent. */
  readonly reset: () => void
}

/** Server-side TLS of one generation: one native context shared by all its connections. */
export interface ServerTls {
  readonly generation: number
}

/** Client-side TLS of one generation. */
export interface ClientTls {
  readonly generation: number
}

/** Why a connection could not be accepted. */
export interface AcceptFailure {
  /** `descriptors`: the process or the system has no more of them. A metric label. */
  readonly reason: "descriptors" | "other"
  /** The log's text, without what comes before the cause. */
  readonly message: string
}

/** What a listener asks about the process's descriptors. */
export interface Descriptors {
  /**
   * Whether too few are left to take one more connection, with so many accepted that no stage has begun to serve. `listening`:
   * how many the listener needs itself before it takes one.
   */
  readonly scarce: (waiting: number, listening: number) => boolean
  /** Another descriptor of the same open file; undefined where there is none to be had. */
  readonly duplicate: (fd: number) => number | undefined
}

export interface ListenOptions {
  readonly address: Address
  /** Several threads of this process listen on the same TCP address. */
  readonly reusePort: boolean
  /** A descriptor that is listening already, in place of binding `address`. */
  readonly inheritedFd?: number | undefined
  /**
   * Asked before each connection is taken. `false` pauses the listener: clients go on waiting, in order, until
   * `Listener.resume`, which asks again.
   */
  readonly admit: () => boolean
  /**
   * Takes back an agreement that found no connection to take: another thread was faster, the client went away, or the
   * listener was stopped meanwhile.
   */
  readonly giveBack: () => void
  readonly onConnection: (raw: RawConnection) => void
  /** Where descriptors are scarce clients wait in the kernel's queue; without this the transport does not look. */
  readonly descriptors?: Descriptors | undefined
  /** Accepting failed or had to be put off (`EMFILE`, ..); the listener recovers by itself. */
  readonly onAcceptError: (failure: AcceptFailure) => void
}

/** A bound socket. Closing its scope stops it. */
export interface Listener {
  /** What it is bound to: the concrete port even where port 0 was asked for. */
  readonly bound: EndpointName
  /** The file of a UNIX socket that this listener has bound, which `stop` removes. */
  readonly file?: SocketFile | undefined
  /** The listening descriptor, where other threads can take connections from a duplicate of it too. */
  readonly shareableFd?: number | undefined
  /** Accepts waiting and later connections as long as `admit` agrees. A listener starts paused. */
  readonly resume: () => void
  /** Stops listening at once: new clients are refused, waiting ones reset, its UNIX socket's file is removed. Idempotent. */
  readonly stop: () => void
}

export interface HandshakeOptions {
  readonly judge: Judge
  /** `performance.now()` milliseconds. */
  readonly deadline: number
}

/** What is asked of a server. */
export interface ClientHandshake {
  readonly context: ClientTls
  readonly serverName: string
  readonly judge: Judge
  /** Asks for a stapled OCSP response and judges it once the server is admitted otherwise. */
  readonly checkStaple?: StapleCheck | undefined
}

export interface DialOptions {
  readonly target: TcpAddress | UnixAddress
  /** `performance.now()` milliseconds; bounds name, connect and handshake together. */
  readonly deadline: number
  /** A proxy that connects in our place: it gets the target unresolved, and the deadline bounds its answer too. */
  readonly via?: UpstreamProxy | undefined
  /** TLS on top; undefined dials plaintext. */
  readonly tls?: ClientHandshake | undefined
}

export interface PumpLimits {
  /** Milliseconds the open direction may be idle after the other one ended; zero or negative cuts it at once. */
  readonly closeTimeout: number
  /** Milliseconds from now until both directions are cut, whatever they do; zero or negative: no limit. */
  readonly lifetime: number
  /** Told of bytes as soon as their write has completed; the sums equal the outcome's. Cheap, and does not throw. */
  readonly carried: (way: "forwarded" | "returned", bytes: number) => void
}

export interface PumpOutcome {
  /** Bytes from the accepted to the dialled side whose write has completed; one that a cut interrupted does not count. */
  readonly forwarded: number
  /** Bytes the other way. */
  readonly returned: number
  /** Directions that ended by close-timeout or lifetime: 0, 1 or 2. */
  readonly timeouts: number
  /** Directions that ended by anything but EOF, reset or timeout; at most two. Timeouts are in here too (`i/o timeout`). */
  readonly failures: ReadonlyArray<ConnectionFailure>
  readonly reason: "eof" | "reset" | "error" | "close-timeout" | "lifetime"
}

/**
 * Who verifies chains: OpenSSL and ours, path by path, with all limits; or the TLS library alone, for the reason given. Then
 * so many handshakes run at a time on each thread.
 */
export type ChainVerification =
  | { readonly by: "paths" }
  | { readonly by: "library"; readonly why: string; readonly handshakes: number }

export class Transport extends Context.Service<
  Transport,
  {
    readonly name: "node" | "native"
    readonly verification: ChainVerification
    /** Milliseconds the calling thread has slept inside of the transport, where Node's loop does not see it. */
    readonly slept: () => number
    readonly listen: (options: ListenOptions) => Effect.Effect<Listener, BindError, Scope.Scope>
    /**
     * Builds one generation of server TLS; `requestCertificate` false never asks peers for one. `sendCaNames` false may
     * mean that nothing is trusted, so that every peer has a `chainError`: for judges that look at pins alone. Its scope
     * frees what is native about it; connections that began with it go on.
     */
    readonly serverTls: (
      material: TlsMaterial,
      options: TlsOptions & { readonly requestCertificate: boolean; readonly sendCaNames: boolean }
    ) => Effect.Effect<ServerTls, TlsMaterialError, Scope.Scope>
    readonly clientTls: (
      material: TlsMaterial,
      options: TlsOptions
    ) => Effect.Effect<ClientTls, TlsMaterialError, Scope.Scope>
    /** Completes an accepted connection: with TLS the handshake and the verdict, without it nothing but taking it over. */
    readonly accept: (
      raw: RawConnection,
      tls: (HandshakeOptions & { readonly context: ServerTls }) | undefined
    ) => Effect.Effect<Stream, ConnectionFailure>
    readonly dial: (options: DialOptions) => Effect.Effect<Stream, ConnectionFailure>
    /** Copies both ways until both have ended, then closes both. Interruption cuts both. Never fails. */
    readonly pump: (accepted: Stream, dialled: Stream, limits: PumpLimits) => Effect.Effect<PumpOutcome>
  }
>()("ghostunnel/Transport") {}
