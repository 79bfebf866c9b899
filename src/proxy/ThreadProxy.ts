/**
 * The connections of one thread: listens, admits, forks one fiber a connection, drains. `DataPlane.layerInline` runs one on
 * the main thread, `WorkerEntry` one a worker.
 */
import { Effect, FiberSet, Result, type Scope, ScopedRef } from "effect"
import { clientJudge, serverJudge } from "../access/AccessJudge.ts"
import type { Judge } from "../access/Verdict.ts"
import type { AccessRules } from "../config/AccessRules.ts"
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts"
import type { TlsOptions } from "../config/TlsOptions.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { ThreadStats } from "../metrics/ConnectionStats.ts"
import { FiberSubject } from "../profiling/ProfiledThread.ts"
import type { ProxyProtocolMode } from "../transport/ProxyProtocol.ts"
import { type BindError, type EndpointName, TlsMaterialError, Transport } from "../transport/Transport.ts"
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts"
import { type Admission, join, type SharedSlots, unlimited } from "./Admission.ts"
import * as Connection from "./Connection.ts"
import type { ConnectionRecord } from "./ConnectionRecord.ts"

/** What every thread of a tunnel has in common: plain values, fit for `workerData`. Durations in milliseconds. */
export interface ProxyOptions {
  readonly mode: "server" | "client"
  readonly listen: Address
  readonly inheritedFd: number | undefined
  readonly target: TcpAddress | UnixAddress
  readonly tls: TlsOptions
  readonly access: AccessRules
  /** Clients: the proxy that connects in our place. */
  readonly upstream: UpstreamProxy | undefined
  /** Servers: the PROXY header that tells the target about the client. */
  readonly proxyProtocol: ProxyProtocolMode | undefined
  /** Clients: the name to ask for and to verify. */
  readonly serverName: string
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly lifetime: number
  /** Undefined: no limit. */
  readonly slots: SharedSlots | undefined
  /** Whether threads measure themselves. */
  readonly profiled?: boolean | undefined
}

/** What belongs to this thread alone. */
export interface ThreadContext {
  readonly thread: number
  readonly reusePort: boolean
  readonly stats: ThreadStats
  readonly record: (record: ConnectionRecord) => void
  readonly subjectOf: (leaf: Uint8Array) => string
}

export interface ThreadProxy {
  readonly bound: EndpointName
  readonly start: Effect.Effect<void>
  readonly update: (material: TlsMaterial) => Effect.Effect<void, TlsMaterialError>
  readonly stop: Effect.Effect<void>
  readonly drained: Effect.Effect<void>
  readonly cut: Effect.Effect<number>
}

/** Builds the judge of a tunnel; the failure is the contract's sentence about the flag that is wrong. */
export const judgeOf = (options: Pick<ProxyOptions, "mode" | "access" | "serverName">): Result.Result<Judge, string> =>
  options.mode === "server" ? serverJudge(options.access) : clientJudge(options.access, options.serverName)

/** Builds one generation of TLS for the tunnel's side. */
export const tlsOf = (
  transport: Transport["Service"],
  options: Pick<ProxyOptions, "mode" | "access" | "serverName" | "tls">,
  judge: Judge,
  material: TlsMaterial
): Effect.Effect<Connection.Tls, TlsMaterialError, Scope.Scope> => {
  const { access, mode, serverName, tls } = options
  if (mode === "client") {
    return Effect.map(transport.clientTls(material, tls), (context) => ({ mode, context, judge, serverName }))
  }
  const requestCertificate = access._tag !== "Anonymous"
  return Effect.map(
    transport.serverTls(material, {
      ...tls,
      requestCertificate,
      sendCaNames: requestCertificate && access._tag !== "Pins"
    }),
    (context) => ({ mode, context, judge })
  )
}

/** Tells profiles which connection a fiber serves. */
const withSubject = (served: Effect.Effect<void>, progress: Connection.Progress, { address }: EndpointName) =>
  Effect.provideService(served, FiberSubject, () => {
    return { name: `Connection.${progress.stage}`, words: [progress.stage, `peer=${address}`] }
  })

/** Binds and waits for `start`. Closing the scope cuts what is still open. */
export const make = Effect.fn("ThreadProxy.make")(function* (
  options: ProxyOptions,
  context: ThreadContext,
  material: TlsMaterial
): Effect.fn.Return<ThreadProxy, BindError | TlsMaterialError, Transport | Scope.Scope> {
  const transport = yield* Transport
  const { stats, record, thread } = context
  const judged = judgeOf(options)
  if (Result.isFailure(judged)) return yield* new TlsMaterialError({ message: judged.failure })
  const judge = judged.success
  const tls = yield* ScopedRef.fromAcquire(tlsOf(transport, options, judge, material))

  const around: Connection.Surroundings = { ...options, transport, stats, record, subjectOf: context.subjectOf }
  const connections = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(connections)()
  const live = new Map<Connection.Progress, { readonly interruptUnsafe: () => void }>()
  let draining = false
  let resume = () => {}
  const admission: Admission = options.slots === undefined ? unlimited : join(options.slots, thread, () => resume())

  const listener = yield* transport.listen({
    address: options.listen,
    inheritedFd: options.inheritedFd,
    reusePort: context.reusePort,
    admit: () => !draining && admission.tryEnter(),
    giveBack: admission.leave,
    onConnection: (raw) => {
      const acceptedAt = performance.now()
      stats.add("conn.open", 1)
      stats.add("accept.total", 1)
      const progress: Connection.Progress = { stage: "handshake" }
      const finished = () => {
        live.delete(progress)
        stats.add("conn.open", -1)
        stats.observe("conn.lifetime", (performance.now() - acceptedAt) * 1e6)
        admission.leave()
      }
      const served = Effect.ensuring(
        Connection.serve(around, raw, ScopedRef.getUnsafe(tls), acceptedAt, progress),
        Effect.sync(finished)
      )
      const fiber = fork(options.profiled ? withSubject(served, progress, raw.remote) : served)
      // A fiber that is over already has removed itself. The set is open here: the listener stops before it closes.
      if (fiber.pollUnsafe() === undefined) live.set(progress, fiber)
    },
    onAcceptError: (message) => {
      stats.add("accept.error", 1)
      record({ _tag: "AcceptFailed", at: performance.timeOrigin + performance.now(), message })
    }
  })
  resume = listener.resume

  const stop = Effect.sync(() => {
    if (draining) return
    draining = true
    listener.stop()
    admission.close()
    for (const [progress, fiber] of live) if (progress.stage !== "copy") fiber.interruptUnsafe()
  })
  yield* Effect.addFinalizer(() => stop)

  return {
    bound: listener.bound,
    start: Effect.sync(listener.resume),
    update: (next) => ScopedRef.set(tls, tlsOf(transport, options, judge, next)),
    stop,
    drained: FiberSet.awaitEmpty(connections),
    cut: Effect.gen(function* () {
      yield* stop
      const left = yield* FiberSet.size(connections)
      yield* FiberSet.clear(connections)
      return left
    })
  }
})
