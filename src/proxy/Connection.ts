/**
 * One connection from accept to close: handshake, access decision, dial, copy. The only file that names all stages; the
 * stages do not know each other (docs/compatibility/command-line.md, 8.1; docs/compatibility/status-and-metrics.md, 7).
 */
import { Effect, Exit, Result } from "effect"
import { commonNameOf } from "../access/PeerSubject.ts"
import type { Judge } from "../access/Verdict.ts"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import type { ThreadStats } from "../metrics/ConnectionStats.ts"
import { ConnectionFailure } from "../transport/ConnectionFailure.ts"
import { encode, headerFor, type ProxyProtocolMode } from "../transport/ProxyProtocol.ts"
import type { ClientHandshake, RawConnection, ServerTls, Stream, Transport } from "../transport/Transport.ts"
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts"
import type { ConnectionRecorder } from "./ConnectionRecorder.ts"

/** Connections of one generation share its context. */
export type Tls =
  | { readonly mode: "server"; readonly context: ServerTls; readonly judge: Judge }
  | ({ readonly mode: "client" } & ClientHandshake)

export interface Surroundings {
  readonly transport: Transport["Service"]
  readonly stats: ThreadStats
  readonly recorder: ConnectionRecorder
  /** A connection has its backend and begins to copy. */
  readonly copying: () => void
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

/** Tells the target who the client is, before any of the client's bytes (docs/compatibility/command-line.md, 8.6). */
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
  const { transport, stats, target } = around
  const deadline = acceptedAt + around.connectTimeout
  const trail = around.recorder.begin(raw.remote, acceptedAt)
  const copied = { forwarded: 0, returned: 0 }

  const setUpFailed = (failure: ConnectionFailure) => {
    stats.add("accept.error", 1)
    if (failure._tag === "HandshakeFailed" && failure.reason === "timeout" && tls.mode === "server") {
      stats.add("accept.timeout", 1)
    }
    trail.failed(failure)
  }
  const interrupted = () => {
    if (progress.stage === "copy") return trail.aborted("shutdown", copied)
    stats.add("accept.error", 1)
    const why = { source: "us", reason: "cancelled", message: "context canceled" } as const
    trail.failed(
      progress.stage === "handshake" ? ConnectionFailure.HandshakeFailed(why) : ConnectionFailure.DialFailed(why)
    )
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
    trail.opened(accepted, dialled)
    const outcome = yield* transport.pump(accepted, dialled, {
      closeTimeout: around.closeTimeout,
      lifetime: around.lifetime,
      carried: (way, bytes) => {
        copied[way] += bytes
        stats.carried(way, bytes)
      }
    })
    for (let i = 0; i < outcome.timeouts; i++) stats.add("conn.timeout", 1)
    trail.closed(outcome)
  })

  return Effect.gen(function* () {
    const accepted = yield* accept
    trail.accepted(accepted)
    progress.stage = "dial"
    // A local client learns that there is no server by a reset, as of a port that refuses.
    const giveUp = tls.mode === "client" ? accepted.reset : accepted.close
    const dialled = yield* Effect.onExit(dial, (exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(giveUp)))
    trail.dialled(dialled)
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
    Effect.onInterrupt(() => Effect.sync(interrupted)),
    Effect.catch((failure) => Effect.sync(() => setUpFailed(failure))),
    Effect.ensuring(Effect.sync(() => trail.aborted("defect", copied)))
  )
}
