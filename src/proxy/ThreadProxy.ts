/**
 * One tunnel on one thread: listens, admits, forks one fiber a connection, drains. `InlinePlane` runs them on the main thread,
 * `WorkerTunnels` on a worker.
 */
import { Effect, FiberSet, Result, type Scope } from "effect"
import { clientJudge, serverJudge } from "../access/AccessJudge.ts"
import { type StapleMode, stapleCheck } from "../access/ocsp/StapleCheck.ts"
import { afterListChecks, chainRevocation, type RevocationPolicy } from "../access/Revocation.ts"
import type { Judge, PeerPolicy } from "../access/Verdict.ts"
import type { AccessRules } from "../config/AccessRules.ts"
import type { Address, TcpAddress, UnixAddress } from "../config/Address.ts"
import type { TlsOptions } from "../config/TlsOptions.ts"
import type { PolicyMaterial, TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { ThreadStats } from "../metrics/ConnectionStats.ts"
import { FiberSubject } from "../profiling/ProfiledThread.ts"
import { loadNative } from "../runtime/Native.ts"
import { makeReplaceable, type Prepared } from "../runtime/Replaceable.ts"
import type { SocketFile } from "../runtime/UnixSocketFile.ts"
import type { ProxyProtocolMode } from "../transport/ProxyProtocol.ts"
import { type BindError, type EndpointName, TlsMaterialError, Transport } from "../transport/Transport.ts"
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts"
import { type Admission, join, type SharedSlots, unlimited } from "./Admission.ts"
import * as Connection from "./Connection.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import { type ConnectionRecorder, makeRecorder } from "./ConnectionRecorder.ts"
import type { ThreadBudget } from "./ThreadBudget.ts"

/** What a tunnel is on every thread: plain values that can be sent to one. Durations in milliseconds. */
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
  /** Clients: what is asked of stapled OCSP responses; undefined for nothing. */
  readonly ocsp?: StapleMode | undefined
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly lifetime: number
  /** Undefined: no limit. */
  readonly slots: SharedSlots | undefined
}

/** What belongs to the tunnel on this thread alone. */
export interface ThreadContext {
  readonly thread: number
  /** Shared with the other tunnels of the thread. */
  readonly budget: ThreadBudget
  readonly stats: ThreadStats
  /** Too many records wait for the main thread: accept no new connections for now. */
  readonly isBacklogged: () => boolean
  readonly record: (record: ConnectionRecord) => void
  readonly interest: RecordInterest
  /** Whether the thread measures itself. */
  readonly profiled: boolean
  readonly subjectOf: (leaf: Uint8Array) => string
}

export interface ThreadProxy {
  readonly bound: EndpointName
  /** The listening descriptor, where other threads can take connections from it too. */
  readonly shareableFd: number | undefined
  /** The file of a UNIX socket that this thread has bound. */
  readonly file: SocketFile | undefined
  readonly start: Effect.Effect<void>
  /** Builds the TLS of the next generation. Handshakes that begin after `commit` use it; open connections keep theirs. */
  readonly prepare: (material: TlsMaterial) => Effect.Effect<Prepared, TlsMaterialError, Scope.Scope>
  readonly stop: Effect.Effect<void>
  readonly drained: Effect.Effect<void>
  readonly cut: Effect.Effect<number>
}

type Judged = Pick<ProxyOptions, "mode" | "access" | "serverName">

/** Builds the judge of a tunnel; the failure is the Go program's sentence about the flag that is wrong. */
export const judgeOf = (
  options: Judged,
  revocation?: RevocationPolicy,
  policy?: PeerPolicy
): Result.Result<Judge, string> =>
  options.mode === "server"
    ? serverJudge(options.access, { revocation, policy })
    : clientJudge(options.access, options.serverName, { revocation, policy })

/** The judge of one generation: where chains are verified and lists are given, revoked peers are refused. */
const judgeWith = (
  judge: Judge,
  options: Judged,
  { revocation, trustAnchors }: TlsMaterial,
  tolerated: (why: string) => void,
  policy: PeerPolicy | undefined
): Result.Result<Judge, string> => {
  if (revocation === undefined)
    return policy === undefined ? Result.succeed(judge) : judgeOf(options, undefined, policy)
  const { takeWaiting, ...statuses } = chainRevocation(revocation.lists, trustAnchors, revocation.missing)
  const judged = judgeOf(options, { ...statuses, mode: revocation.mode, tolerated }, policy)
  return Result.map(judged, (strict) => afterListChecks(strict, takeWaiting))
}

/**
 * Builds one generation of TLS for the tunnel's side. `tolerated` hears why peers of unknown revocation status were
 * admitted, as often as that happens.
 */
export const tlsOf = Effect.fnUntraced(function* (
  transport: Transport["Service"],
  options: Pick<ProxyOptions, "mode" | "access" | "serverName" | "tls" | "ocsp">,
  plainJudge: Judge,
  material: TlsMaterial,
  tolerated: (why: string) => void
): Effect.fn.Return<Connection.Tls, TlsMaterialError, Scope.Scope> {
  const { access, mode, ocsp, serverName, tls } = options
  const policy = material.policy === undefined ? undefined : yield* policyOf(material.policy)
  const judged = judgeWith(plainJudge, options, material, tolerated, policy)
  if (Result.isFailure(judged)) return yield* new TlsMaterialError({ message: judged.failure })
  const judge = judged.success
  if (mode === "client") {
    const checkStaple = ocsp === undefined ? undefined : stapleCheck(ocsp, material.trustAnchors)
    const context = yield* transport.clientTls(material, tls)
    return { mode, context, judge, serverName, checkStaple }
  }
  const requestCertificate = access._tag !== "Anonymous"
  const context = yield* transport.serverTls(material, {
    ...tls,
    requestCertificate,
    sendCaNames: requestCertificate && access._tag !== "Pins"
  })
  return { mode, context, judge }
})

/** Compiles a policy. The interpreter is loaded where there is one. */
const policyOf = Effect.fnUntraced(function* ({
  files,
  query
}: PolicyMaterial): Effect.fn.Return<PeerPolicy, TlsMaterialError> {
  const { peerPolicy } = yield* Effect.promise(() => import("../policy/PeerPolicy.ts"))
  const policy = Effect.fromResult(peerPolicy(files, query))
  return yield* Effect.mapError(policy, ({ message }) => new TlsMaterialError({ message }))
})

/** When a thread that has too many records waiting looks again. */
const backlogMillis = 100

/** Different tolerances that one generation records. */
const toleranceLimit = 100

/** Records each reason once a generation: what changes is news, not who connects. */
const toleranceOf = (generation: number, recorder: ConnectionRecorder) => {
  const told = new Set<string>()
  return (why: string) => {
    if (told.has(why) || told.size >= toleranceLimit) return
    told.add(why)
    recorder.revocationUnknown(generation, why)
  }
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
  const { budget, stats, thread } = context
  const recorder = makeRecorder(context)
  const judged = judgeOf(options)
  if (Result.isFailure(judged)) return yield* new TlsMaterialError({ message: judged.failure })
  const judge = judged.success
  const build = (next: TlsMaterial) => tlsOf(transport, options, judge, next, toleranceOf(next.generation, recorder))
  const tls = yield* makeReplaceable(build(material))

  const around: Connection.Surroundings = { ...options, transport, stats, recorder, copying: () => budget.dials.end() }
  const connections = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(connections)()
  const live = new Map<Connection.Progress, { readonly interruptUnsafe: () => void }>()
  let draining = false
  let resume = () => {}
  let later: NodeJS.Timeout | undefined
  const admission: Admission = options.slots === undefined ? unlimited : join(options.slots, thread, () => resume())

  const listener = yield* transport.listen({
    address: options.listen,
    inheritedFd: options.inheritedFd,
    reusePort: true,
    admit: () => {
      if (draining) return false
      if (!context.isBacklogged()) return admission.tryEnter()
      clearTimeout(later)
      later = setTimeout(() => resume(), backlogMillis)
      return false
    },
    giveBack: admission.leave,
    descriptors: {
      scarce: (waiting, listening) => budget.isScarce(waiting, listening),
      // Loaded when it is first needed: most threads never do.
      duplicate: (fd) => Result.getOrUndefined(loadNative().duplicate(fd))
    },
    onConnection: (raw) => {
      const acceptedAt = performance.now()
      stats.add("conn.open", 1)
      stats.add("accept.total", 1)
      budget.open++
      budget.dials.begin()
      const progress: Connection.Progress = { stage: "handshake" }
      const finished = () => {
        live.delete(progress)
        budget.open--
        if (progress.stage !== "copy") budget.dials.end()
        stats.add("conn.open", -1)
        stats.observe("conn.lifetime", (performance.now() - acceptedAt) * 1e6)
        admission.leave()
      }
      const served = Effect.ensuring(
        Connection.serve(around, raw, tls.get(), acceptedAt, progress),
        Effect.sync(finished)
      )
      const fiber = fork(context.profiled ? withSubject(served, progress, raw.remote) : served)
      // A fiber that is over already has removed itself. The set is open here: the listener stops before it closes.
      if (fiber.pollUnsafe() === undefined) live.set(progress, fiber)
    },
    onAcceptError: (failure) => {
      stats.add("accept.error", 1)
      recorder.acceptFailed(failure)
    }
  })
  resume = listener.resume

  const stop = Effect.sync(() => {
    if (draining) return
    draining = true
    clearTimeout(later)
    listener.stop()
    admission.close()
    for (const [progress, fiber] of live) if (progress.stage !== "copy") fiber.interruptUnsafe()
  })
  yield* Effect.addFinalizer(() => stop)

  return {
    bound: listener.bound,
    shareableFd: listener.shareableFd,
    file: listener.file,
    start: Effect.sync(listener.resume),
    prepare: (next) => tls.prepare(build(next)),
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
