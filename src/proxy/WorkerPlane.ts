/**
 * The data plane on worker threads. Each binds the TCP address with `SO_REUSEPORT`. UNIX and inherited sockets are served by
 * one thread, or by all of them where the transport can share a descriptor. A thread that dies is replaced: its connections
 * end, the others never notice.
 */
import { closeSync } from "node:fs"
import { Deferred, Effect, Layer, Result, Scope, Semaphore } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import { Log } from "../runtime/Logging.ts"
import { removeSocketFile, type SocketFile } from "../runtime/UnixSocketFile.ts"
import { BindError, type EndpointName, type TlsMaterialError } from "../transport/Transport.ts"
import { makeShared, slotsTaken, threadLost } from "./Admission.ts"
import { Backlog } from "./Backlog.ts"
import { DataPlane, type PlaneOptions } from "./DataPlane.ts"
import { PendingDials } from "./PendingDials.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"
import type { ToWorker } from "./WorkerProtocol.ts"
import { spawn, type WorkerThread } from "./WorkerThread.ts"

/** How long a cut may take before threads are ended from outside. */
const CUT_PATIENCE = "1 second"
/** Pauses before a dead thread is replaced, in milliseconds: doubled with every failure. */
const SHORTEST_PAUSE = 100
const LONGEST_PAUSE = 10_000

const withPort = (options: ProxyOptions, bound: EndpointName): ProxyOptions => {
  if (options.listen._tag !== "Tcp" || options.listen.port !== 0) return options
  return {
    ...options,
    listen: { ...options.listen, port: Number(bound.address.slice(bound.address.lastIndexOf(":") + 1)) }
  }
}

export const layer = (
  options: PlaneOptions,
  workers: number
): Layer.Layer<DataPlane, BindError | TlsMaterialError, ConnectionStats | Log> =>
  Layer.effect(
    DataPlane,
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const log = yield* Log
      const scope = yield* Effect.scope
      const { inheritedFd, listen } = options.proxy
      const ownAddress = listen._tag === "Tcp" && inheritedFd === undefined
      const count = ownAddress || options.transport === "native" ? workers : 1
      // One UNIX socket for all threads: this descriptor keeps it when the thread that bound it dies.
      const path = !ownAddress && inheritedFd === undefined && listen._tag === "Unix" ? listen.path : undefined
      // The thread that has bound it, and removes it when it stops; one that dies leaves that to us.
      let binder: WorkerThread | undefined
      let file: SocketFile | undefined
      let orphaned = false
      const removeFile = () => {
        if (file === undefined) return
        const removed = removeSocketFile(file)
        if (Result.isFailure(removed)) log.line("socket_file", `error: cannot remove ${file.path}: ${removed.failure}`)
      }
      let kept: number | undefined
      const giveUpSocket = Effect.sync(() => {
        if (kept === undefined) return
        closeSync(kept)
        kept = undefined
        proxy = { ...proxy, inheritedFd: undefined }
        if (orphaned) removeFile()
        orphaned = false
      })
      // After all threads have ended, whether they were told to stop or not.
      yield* Effect.addFinalizer(() =>
        Effect.andThen(
          giveUpSocket,
          Effect.sync(() => {
            if (binder?.hasStopped() === false) removeFile()
          })
        )
      )
      const limit = options.maxConcurrentConnections
      const slots = limit > 0 ? makeShared(limit, count) : undefined
      const threads = new Map<number, WorkerThread>()
      const updating = Semaphore.makeUnsafe(1)
      let proxy: ProxyOptions = { ...options.proxy, slots, dials: PendingDials.allocate(count) }
      let material = options.material
      let started = false
      let draining = false
      let replaced = 0

      // A thread that dies closes what it listens on: it gets a descriptor of its own, and the socket outlives it.
      const ownSocket = Effect.suspend(() => {
        if (proxy.inheritedFd === undefined) return Effect.undefined
        return Result.match(options.duplicate(proxy.inheritedFd), {
          onSuccess: (fd) => Effect.succeed(fd),
          onFailure: (message) => Effect.fail(new BindError({ address: proxy.listen.text, message }))
        })
      })
      const startThread = (thread: number): Effect.Effect<WorkerThread, BindError | TlsMaterialError, Scope.Scope> =>
        Effect.gen(function* () {
          const inheritedFd = yield* ownSocket
          const running = yield* spawn(
            {
              thread,
              threads: count,
              reusePort: true,
              options: { ...proxy, inheritedFd },
              material,
              stats: stats.attachThread(thread),
              interest: options.interest,
              backlog: Backlog.allocate(),
              transport: options.transport
            },
            options.workerEntry,
            options.record,
            log,
            (why) => onLost(thread, why)
          )
          threads.set(thread, running)
          if (inheritedFd === undefined) {
            binder = running
            file = running.file
          }
          if (running.ended()) onLost(thread, "it ended")
          if (draining) running.send({ _tag: "Stop" })
          else if (started) running.send({ _tag: "Start" })
          return running
        })
      const replace = (thread: number, pause: number): Effect.Effect<void> =>
        Effect.sleep(pause).pipe(
          Effect.andThen(
            Effect.suspend(() =>
              draining
                ? Effect.void
                : Effect.tap(updating.withPermits(1)(startThread(thread)), () => Effect.sync(() => replaced++))
            )
          ),
          Effect.provideService(Scope.Scope, scope),
          Effect.catch((error) => {
            log.line("worker_lost", `error: cannot replace worker thread ${thread}: ${error.message}`)
            return Effect.suspend(() => (draining ? Effect.void : replace(thread, Math.min(2 * pause, LONGEST_PAUSE))))
          }),
          Effect.asVoid
        )
      const context = yield* Effect.context<never>()
      const onLost = (thread: number, why: string) => {
        // A thread that never was ready has told its starter; only one that carried connections is replaced.
        const running = threads.get(thread)
        if (running === undefined) return
        threads.delete(thread)
        stats.threadLost(thread)
        PendingDials.threadLost(proxy.dials, thread)
        if (slots !== undefined) threadLost(slots, thread)
        if (running === binder) {
          binder = undefined
          // Once it has stopped what is there may be somebody else's.
          orphaned = kept !== undefined && !running.hasStopped()
          if (kept === undefined && !running.hasStopped()) removeFile()
        }
        log.line(
          "worker_lost",
          `error: worker thread ${thread} ended unexpectedly (${why}); its connections are closed`
        )
        if (!draining) Effect.runForkWith(context)(Effect.forkIn(replace(thread, SHORTEST_PAUSE), scope))
      }

      const others = Array.from({ length: count - 1 }, (_, index) => index + 1)
      const startOthers = Effect.forEach(others, startThread, { concurrency: "unbounded", discard: true })
      // Which port the others bind is known beforehand, unless the kernel is to choose one.
      const chosen =
        (listen._tag === "Tcp" && listen.port === 0) || (path !== undefined && options.transport === "native")
      const first = chosen
        ? yield* startThread(0)
        : (yield* Effect.all([startThread(0), startOthers], { concurrency: "unbounded" }))[0]
      if (chosen) {
        proxy = withPort(proxy, first.bound)
        if (path !== undefined && first.shareableFd !== undefined) {
          const duplicate = options.duplicate(first.shareableFd)
          if (Result.isFailure(duplicate)) {
            return yield* new BindError({ address: listen.text, message: duplicate.failure })
          }
          kept = duplicate.success
          proxy = { ...proxy, inheritedFd: kept }
        }
        yield* startOthers
      }

      const tell = (message: ToWorker) => Effect.sync(() => threads.forEach((thread) => thread.send(message)))
      const all = <A>(of: (thread: WorkerThread) => Deferred.Deferred<A>): Effect.Effect<ReadonlyArray<A>> =>
        Effect.suspend(() =>
          Effect.forEach([...threads.values()], (thread) => Deferred.await(of(thread)), { concurrency: "unbounded" })
        )
      return {
        bound: first.bound,
        workers: count,
        threads: () => ({
          serving: Array.from({ length: count }, (_, thread) => started && !draining && threads.has(thread)),
          replaced
        }),
        slotsTaken: () => (slots === undefined ? 0 : slotsTaken(slots)),
        profiled: () => [...threads].toSorted(([a], [b]) => a - b).map(([, { profiled }]) => profiled),
        start: Effect.andThen(
          Effect.sync(() => (started = true)),
          tell({ _tag: "Start" })
        ),
        update: (next: TlsMaterial) =>
          updating.withPermits(1)(
            Effect.gen(function* () {
              const before = material
              const acks = [...threads.values()].map((thread) => {
                const ack = Deferred.makeUnsafe<void, TlsMaterialError>()
                thread.updates.set(next.generation, ack)
                thread.send({ _tag: "Update", material: next })
                return Deferred.await(ack)
              })
              material = next
              yield* Effect.all(acks, { concurrency: "unbounded", discard: true }).pipe(
                // Threads that refuse it keep what they have, and so do those that take their places.
                Effect.tapError(() => Effect.sync(() => (material = before)))
              )
            })
          ),
        stop: Effect.gen(function* () {
          draining = true
          yield* giveUpSocket
          yield* tell({ _tag: "Stop" })
          yield* all((thread) => thread.stopped)
          // One that is just being replaced has a socket too.
          yield* updating.withPermits(1)(all((thread) => thread.stopped))
          // Ours was for threads to come; as long as it is open clients are not refused.
          if (proxy.inheritedFd !== undefined) closeSync(proxy.inheritedFd)
          proxy = { ...proxy, inheritedFd: undefined }
        }),
        drained: Effect.asVoid(all((thread) => thread.drained)),
        cut: Effect.gen(function* () {
          draining = true
          yield* tell({ _tag: "Cut" })
          const counts = yield* Effect.timeoutOrElse(
            all((thread) => thread.cutDone),
            { duration: CUT_PATIENCE, orElse: () => Effect.succeed<ReadonlyArray<number>>([]) }
          )
          for (const thread of threads.values()) thread.abandon()
          return counts.reduce((sum, connections) => sum + connections, 0)
        })
      }
    })
  )
