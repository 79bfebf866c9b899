/**
 * One connection from accept to close: handshake, access decision, dial, copy. The only file that names all stages; the
 * stages do not know each other (contract: command line, section 8.1; status, section 7).
 */
import { Effect, Exit, Result } from "effect"
import { commonNameOf } from "../access/PeerSubject.ts"
import type { Judge } from "../access/Verdict.ts"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import type { ThreadStats } from "../metrics/ConnectionStats.ts"
import { ConnectionFailure } from "../transport/ConnectionFailure.ts"
import { encode, headerFor, type ProxyProtocolMode } from "../transport/ProxyProtocol.ts"
import type { ClientTls, RawConnection, ServerTls, Stream, Transport } from "../transport/Transport.ts"
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts"
import type { ConnectionRecord, PipeEnd } from "./ConnectionRecord.ts"

/** Connections of one generation share its context. */
export type Tls =
  | { readonly mode: "server"; readonly context: ServerTls; readonly judge: Judge }
  | { readonly mode: "client"; readonly context: ClientTls; readonly judge: Judge; readonly serverName: string }

export interface Surroundings {
  readonly transport: Transport["Service"]
  readonly stats: ThreadStats
  readonly record: (record: ConnectionRecord) => void
  /** A connection has its backend and begins to copy. */
  readonly copying: () => void
  /** The leaf's subject as the log prints it. */
  readonly subjectOf: (leaf: Uint8Array) => string
  readonly target: TcpAddress | UnixAddress
  /** Clients: the proxy that connects in our place. */
  readonly upstream: UpstreamProxy | undefined
  /** Servers: the PROXY header that tells the target about the client. */
  readonly proxyProtocol: ProxyProtocolMode | undefined
  /** Milliseconds; negative: everything times out at once. */
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly lifetime: number
}

/** Where a connection is: shutdown cancels those that do not carry bytes yet. */
export interface Progress {
  stage: "handshake" | "dial" | "copy"
}

const now = (): number => performance.timeOrigin + performance.now()

const pipeEnd = (stream: Stream, subjectOf: (leaf: Uint8Array) => string): PipeEnd => {
  const leaf = stream.tls?.peerChain[0]
  const peer = stream.tls === undefined ? "no tls" : leaf === undefined ? "no cert" : subjectOf(leaf)
  return { network: stream.remote.network, address: stream.remote.address, peer }
}

/** Tells the target who the client is, before any of the client's bytes (contract: command line, section 8.6). */
const sendHeader = (
  mode: ProxyProtocolMode,
  accepted: Stream,
  dialled: Stream
): Effect.Effect<void, ConnectionFailure> => {
  const leaf = accepted.tls?.peerChain[0]
  const facts = {
    client: accepted.remote,
    local: accepted.local,
    tls: accepted.tls,
    commonName: mode === "tls-full" && leaf !== undefined ? commonNameOf(leaf) : ""
  }
  return Result.match(Result.flatMap(headerFor(mode, facts), encode), {
    onFailure: (why) => {
      const message = `error building proxy header: ${why}`
      return Effect.fail(ConnectionFailure.PrefixFailed({ source: "us", reason: "proxy_header", message }))
    },
    onSuccess: (bytes) =>
      Effect.mapError(dialled.prefix(bytes), (failure) =>
        ConnectionFailure.PrefixFailed({ ...failure, message: `error writing proxy header: ${failure.message}` })
      )
  })
}

/**
 * Serves one accepted connection. Counts and records everything but its arrival and its end, which are the caller's.
 * Never fails; interruption closes what is open.
 */
export const serve = (
  around: Surroundings,
  raw: RawConnection,
  tls: Tls,
  acceptedAt: number,
  progress: Progress
): Effect.Effect<void> => {
  const { transport, stats, record, target } = around
  const deadline = acceptedAt + around.connectTimeout

  const setUpFailed = (failure: ConnectionFailure) => {
    stats.add("accept.error", 1)
    const { message } = failure
    if (failure._tag === "HandshakeFailed") {
      if (failure.reason === "timeout" && tls.mode === "server") stats.add("accept.timeout", 1)
      record({ _tag: "HandshakeFailed", at: now(), remote: raw.remote, message })
    } else if (failure._tag === "DialFailed") record({ _tag: "DialFailed", at: now(), message })
    else record({ _tag: "PrefixFailed", at: now(), message })
  }
  const cancelled = () => {
    stats.add("accept.error", 1)
    const message = "context canceled"
    if (progress.stage === "handshake") record({ _tag: "HandshakeFailed", at: now(), remote: raw.remote, message })
    else record({ _tag: "DialFailed", at: now(), message })
  }

  const accept =
    tls.mode === "client"
      ? transport.accept(raw, undefined)
      : Effect.onExit(transport.accept(raw, { context: tls.context, judge: tls.judge, deadline }), () =>
          Effect.sync(() => stats.observe("conn.handshake", (performance.now() - acceptedAt) * 1e6))
        )
  const dial = transport.dial(
    tls.mode === "client"
      ? { target, deadline, via: around.upstream, tls }
      : { target, deadline, via: undefined, tls: undefined }
  )

  const copy = Effect.fnUntraced(function* (accepted: Stream, dialled: Stream) {
    stats.add("accept.success", 1)
    const ends = { accepted: pipeEnd(accepted, around.subjectOf), dialled: pipeEnd(dialled, around.subjectOf) }
    const openedAt = performance.now()
    record({ _tag: "Opened", at: now(), ...ends })
    const outcome = yield* transport.pump(accepted, dialled, {
      closeTimeout: around.closeTimeout,
      lifetime: around.lifetime
    })
    for (let i = 0; i < outcome.timeouts; i++) stats.add("conn.timeout", 1)
    for (const failure of outcome.failures) record({ _tag: "CopyFailed", at: now(), message: failure.message })
    const nanos = (performance.now() - openedAt) * 1e6
    record({ _tag: "Closed", at: now(), ...ends, forwarded: outcome.forwarded, returned: outcome.returned, nanos })
  })

  return Effect.gen(function* () {
    const accepted = yield* accept
    progress.stage = "dial"
    const dialled = yield* Effect.onExit(dial, (exit) =>
      Exit.isSuccess(exit) ? Effect.void : Effect.sync(accepted.close)
    )
    if (around.proxyProtocol !== undefined) {
      yield* Effect.onExit(sendHeader(around.proxyProtocol, accepted, dialled), (exit) =>
        Exit.isSuccess(exit)
          ? Effect.void
          : Effect.sync(() => {
              accepted.close()
              dialled.close()
            })
      )
    }
    progress.stage = "copy"
    around.copying()
    yield* copy(accepted, dialled)
  }).pipe(
    Effect.onInterrupt(() => Effect.sync(() => (progress.stage === "copy" ? undefined : cancelled()))),
    Effect.catch((failure) => Effect.sync(() => setUpFailed(failure)))
  )
}
