/**
 * One tunnel over worker threads. Each thread binds the TCP address with `SO_REUSEPORT`. UNIX and inherited sockets are served
 * by one thread, or by all of them where the transport can share a descriptor.
 */
import { closeSync } from "node:fs"
import { Effect, Result, type Semaphore } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { Log } from "../runtime/Logging.ts"
import { removeSocketFile, type SocketFile } from "../runtime/UnixSocketFile.ts"
import { BindError, type EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import { makeShared, slotsTaken, threadLost } from "./Admission.ts"
import type { PlaneOptions, PlaneTunnel, TunnelPlane } from "./DataPlane.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"
import { Added, CutDone, Done, Preparation, type Request } from "./WorkerProtocol.ts"
import type { WorkerThread } from "./WorkerThread.ts"

/** How long a cut may take before the thread's connections are recorded as cut without it. */
const CUT_PATIENCE = "1 second"

/** What a tunnel shares with the others of its plane. */
export interface PlaneContext {
  readonly options: Pick<PlaneOptions, "duplicate" | "transport">
  readonly stats: ConnectionStats["Service"]
  readonly log: Log["Service"]
  /** How many threads there are. */
  readonly count: number
  /** The thread of this number, or why it could not be started. */
  readonly threadOf: (number: number) => Result.Result<WorkerThread, string>
  /** Held by whatever changes threads, tunnels or generations. */
  readonly changing: Semaphore.Semaphore
}

/** A tunnel as its plane sees it. */
export interface WorkerTunnel {
  readonly plane: Omit<TunnelPlane, "bound">
  /** Binds on every thread that serves the tunnel. */
  readonly bind: Effect.Effect<EndpointName, BindError | TlsMaterialError>
  /** Binds again, on a thread that takes a dead one's place; does nothing on threads that do not serve the tunnel. */
  readonly rebind: (number: number, thread: WorkerThread) => Effect.Effect<void, BindError | TlsMaterialError>
  /** The thread has ended; whether it served the tunnel. */
  readonly lost: (number: number) => boolean
  /** Whether the thread takes connections for the tunnel now. */
  readonly servesOn: (number: number) => boolean
  readonly isDraining: () => boolean
  /** Takes the tunnel off all threads. */
  readonly remove: Effect.Effect<void>
}

const withPort = (options: ProxyOptions, bound: EndpointName): ProxyOptions => {
  if (options.listen._tag !== "Tcp" || options.listen.port !== 0) return options
  return {
    ...options,
    listen: { ...options.listen, port: Number(bound.address.slice(bound.address.lastIndexOf(":") + 1)) }
  }
}

/** Whether every thread can serve the tunnel; otherwise the first one alone does. */
export const servedByAll = ({ inheritedFd, listen }: PlaneTunnel["proxy"], transport: PlaneOptions["transport"]) =>
  (listen._tag === "Tcp" && inheritedFd === undefined) || transport === "native"

/** A tunnel that is bound nowhere yet. */
export const make = (
  tunnel: PlaneTunnel,
  { changing, count, log, options, stats, threadOf }: PlaneContext
): WorkerTunnel => {
  const { name } = tunnel
  const { inheritedFd, listen } = tunnel.proxy
  const numbers = Array.from({ length: servedByAll(tunnel.proxy, options.transport) ? count : 1 }, (_, n) => n)
  const limit = tunnel.maxConcurrentConnections
  const slots = limit > 0 ? makeShared(limit, count) : undefined
  let proxy: ProxyOptions = { ...tunnel.proxy, slots }
  let material = tunnel.material
  let started = false
  let draining = false
  /** Threads that have bound the tunnel and live. */
  const serving = new Map<number, WorkerThread>()
  /** Those of them that have stopped listening. */
  const stopped = new Set<number>()

  // One UNIX socket for all threads: this descriptor keeps it when the thread that bound it dies.
  const path = inheritedFd === undefined && listen._tag === "Unix" ? listen.path : undefined
  let kept: number | undefined
  // The thread that has bound the socket removes its file when it stops; if it dies, the file is left to us.
  let binder: number | undefined
  let file: SocketFile | undefined
  let orphaned = false
  const removeFile = () => {
    if (file === undefined) return
    const removed = removeSocketFile(file)
    if (Result.isFailure(removed)) log.line("socket_file", `error: cannot remove ${file.path}: ${removed.failure}`)
  }
  const giveUpSocket = Effect.sync(() => {
    if (kept === undefined) return
    closeSync(kept)
    kept = undefined
    proxy = { ...proxy, inheritedFd: undefined }
    if (orphaned) removeFile()
    orphaned = false
  })

  const cannotBind = (message: string) => new BindError({ address: listen.text, message })
  // A thread that dies closes what it listens on: it gets a descriptor of its own, and the socket outlives it.
  const ownSocket = Effect.suspend(() =>
    proxy.inheritedFd === undefined
      ? Effect.undefined
      : Effect.mapError(Effect.fromResult(options.duplicate(proxy.inheritedFd)), cannotBind)
  )
  /** Asks every thread that serves the tunnel; one that ends meanwhile has nothing left to do. */
  const askAll = <A>(
    ask: (thread: WorkerThread, number: number) => Effect.Effect<A, { readonly _tag: "ThreadEnded" }>
  ) =>
    Effect.suspend(() =>
      Effect.forEach([...serving], ([number, thread]) => Effect.option(ask(thread, number)), {
        concurrency: "unbounded"
      })
    )
  const step = (thread: WorkerThread, tag: "Start" | "Drain" | "Remove") =>
    thread.ask({ _tag: tag, tunnel: name }, Done)
  const stopOn = (thread: WorkerThread, number: number) =>
    Effect.map(thread.ask({ _tag: "Stop", tunnel: name }, Done), () => void stopped.add(number))

  const bindOn = Effect.fnUntraced(function* (number: number, thread: WorkerThread) {
    const fd = yield* ownSocket
    const shared = stats.attachThread(name, number)
    const { interest } = tunnel
    thread.follow(name, tunnel.record)
    const request: Request = {
      ...{ _tag: "Add", tunnel: name, material, interest, stats: shared },
      options: { ...proxy, inheritedFd: fd }
    }
    const added = yield* Effect.mapError(thread.ask(request, Added, [shared.overflow]), ({ why }) =>
      cannotBind(`worker thread ended: ${why}`)
    )
    if (added._tag === "BindFailed") return yield* new BindError({ address: added.address, message: added.message })
    if (added._tag === "MaterialFailed") return yield* new TlsMaterialError({ message: added.message })
    serving.set(number, thread)
    stopped.delete(number)
    if (fd === undefined) {
      binder = number
      file = added.file
    }
    if (draining) yield* Effect.ignore(stopOn(thread, number))
    else if (started) yield* Effect.ignore(step(thread, "Start"))
    return added
  })
  const bindFirst = (number: number) =>
    Result.match(threadOf(number), {
      onSuccess: (thread) => bindOn(number, thread),
      onFailure: (why) => Effect.fail(cannotBind(why))
    })

  const bind = Effect.gen(function* () {
    const [, ...others] = numbers
    const bindOthers = Effect.forEach(others, bindFirst, { concurrency: "unbounded", discard: true })
    // Which port the others bind is known beforehand, unless the kernel is to choose one.
    const isChosen =
      (listen._tag === "Tcp" && listen.port === 0) || (path !== undefined && options.transport === "native")
    if (!isChosen) {
      const [first] = yield* Effect.all([bindFirst(0), bindOthers], { concurrency: "unbounded" })
      return first.bound
    }
    const first = yield* bindFirst(0)
    proxy = withPort(proxy, first.bound)
    if (path !== undefined && first.shareableFd !== undefined) {
      kept = yield* Effect.mapError(Effect.fromResult(options.duplicate(first.shareableFd)), cannotBind)
      proxy = { ...proxy, inheritedFd: kept }
    }
    yield* bindOthers
    return first.bound
  })

  const prepareOn = Effect.fnUntraced(function* (thread: WorkerThread, next: TlsMaterial) {
    const talk = yield* thread.converse({ _tag: "Prepare", tunnel: name, material: next })
    const reply = yield* Effect.option(talk.next(Preparation))
    if (reply._tag === "Some" && reply.value._tag === "Refused") {
      return yield* new TlsMaterialError({ message: reply.value.message })
    }
    // A thread that has ended takes no part; the one in its place begins with what was committed.
    return { commit: Effect.andThen(talk.say({ _tag: "Commit" }), Effect.option(talk.next(Done))) }
  })

  return {
    bind,
    rebind: (number, thread) => (numbers.includes(number) ? Effect.asVoid(bindOn(number, thread)) : Effect.void),
    lost: (number) => {
      if (!serving.delete(number)) return false
      if (slots !== undefined) threadLost(slots, number)
      if (number === binder) {
        binder = undefined
        const hasStopped = stopped.has(number)
        // Once it has stopped, a file at the path may belong to another process.
        orphaned = kept !== undefined && !hasStopped
        if (kept === undefined && !hasStopped) removeFile()
      }
      return true
    },
    servesOn: (number) => started && !draining && serving.has(number),
    isDraining: () => draining,
    remove: Effect.gen(function* () {
      draining = true
      yield* giveUpSocket
      yield* Effect.timeoutOption(
        askAll((thread, number) => Effect.map(step(thread, "Remove"), () => void stopped.add(number))),
        CUT_PATIENCE
      )
      if (binder !== undefined && !stopped.has(binder)) removeFile()
      serving.clear()
    }),
    plane: {
      slotsTaken: () => (slots === undefined ? 0 : slotsTaken(slots)),
      start: Effect.suspend(() => {
        started = true
        return Effect.asVoid(askAll((thread) => step(thread, "Start")))
      }),
      prepare: Effect.fnUntraced(function* (next: TlsMaterial) {
        yield* Effect.acquireRelease(changing.take(1), () => changing.release(1))
        const prepared = yield* Effect.forEach([...serving.values()], (thread) => prepareOn(thread, next), {
          concurrency: "unbounded"
        })
        return {
          commit: Effect.suspend(() => {
            material = next
            return Effect.forEach(prepared, ({ commit }) => commit, { concurrency: "unbounded", discard: true })
          })
        }
      }),
      stop: Effect.gen(function* () {
        draining = true
        yield* giveUpSocket
        yield* askAll(stopOn)
        // A thread that was just being replaced has a socket too.
        yield* changing.withPermits(1)(askAll(stopOn))
        // Ours was for threads to come; as long as it is open clients are not refused.
        if (proxy.inheritedFd !== undefined) closeSync(proxy.inheritedFd)
        proxy = { ...proxy, inheritedFd: undefined }
      }),
      drained: Effect.asVoid(askAll((thread) => step(thread, "Drain"))),
      cut: Effect.gen(function* () {
        draining = true
        const counts = yield* Effect.timeoutOption(
          askAll((thread) => thread.ask({ _tag: "Cut", tunnel: name }, CutDone)),
          CUT_PATIENCE
        )
        for (const thread of serving.values()) thread.abandon(name)
        if (counts._tag === "None") return 0
        return counts.value.reduce((sum, cut) => sum + (cut._tag === "Some" ? cut.value.connections : 0), 0)
      })
    }
  }
}
