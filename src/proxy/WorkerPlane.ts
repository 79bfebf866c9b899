/**
 * The data plane on worker threads. Each binds the TCP address with `SO_REUSEPORT`. UNIX and inherited sockets are served by
 * one thread, or by all of them where the transport can share a descriptor. A thread that dies is replaced: its connections
 * end, the others never notice.
 */
import { closeSync, rmSync } from "node:fs"
import { Worker } from "node:worker_threads"
import { Deferred, Effect, Exit, Layer, Result, Scope, Semaphore } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { ProfiledThread, ThreadReport } from "../profiling/ProfiledThread.ts"
import { CPU_INTERVAL_MILLIS } from "../profiling/ProfiledThread.ts"
import { Log } from "../runtime/Logging.ts"
import { findAddresses } from "../transport/NameLookup.ts"
import { BindError, type EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import { makeShared, slotsTaken, threadLost } from "./Admission.ts"
import { Backlog } from "./Backlog.ts"
import { DataPlane, type PlaneOptions } from "./DataPlane.ts"
import { followOpen } from "./OpenConnections.ts"
import { PendingDials } from "./PendingDials.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"
import type { FromWorker, ToWorker, WorkerStart } from "./WorkerProtocol.ts"

/** Beside this file in the bundle and in the sources alike. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "./WorkerMain.ts" : "./worker.mjs", import.meta.url)

/**
 * Megabytes of a thread's young generation. Node's transport allocates with every read: a large one collects less often and
 * promotes less. The native one allocates for connections alone: there a large one would only take memory.
 */
const YOUNG_GENERATION_MB = { node: 32, native: 4 } as const
/** How long a cut may take before threads are ended from outside. */
const CUT_PATIENCE = "1 second"
/** Pauses before a dead thread is replaced, in milliseconds: doubled with every failure. */
const SHORTEST_PAUSE = 100
const LONGEST_PAUSE = 10_000

/** One running thread and what is awaited from it. */
interface Thread {
  readonly send: (message: ToWorker) => void
  readonly bound: EndpointName
  readonly shareableFd: number | undefined
  readonly ended: () => boolean
  readonly updates: Map<number, Deferred.Deferred<void, TlsMaterialError>>
  readonly stopped: Deferred.Deferred<void>
  readonly drained: Deferred.Deferred<void>
  readonly cutDone: Deferred.Deferred<number>
  /** It did not obey: its open connections are recorded as cut, and its own records are dropped from now on. */
  readonly abandon: () => void
  readonly profiled: ProfiledThread
}

const withPort = (options: ProxyOptions, bound: EndpointName): ProxyOptions => {
  if (options.listen._tag !== "Tcp" || options.listen.port !== 0) return options
  return {
    ...options,
    listen: { ...options.listen, port: Number(bound.address.slice(bound.address.lastIndexOf(":") + 1)) }
  }
}

/** Fails where the system allows no further thread. */
const startWorker = (start: WorkerStart): Effect.Effect<Worker, BindError> =>
  Effect.try({
    try: () =>
      new Worker(entry, {
        name: `ghostunnel-${start.thread}`,
        workerData: start,
        transferList: [start.stats.overflow],
        // What this process was started with (`--input-type`, `--eval`, a profiler) is no business of its threads.
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB[start.transport] }
      }),
    catch: (error) => {
      // Nobody else is going to.
      if (start.options.inheritedFd !== undefined) closeSync(start.options.inheritedFd)
      const { text } = start.options.listen
      return new BindError({ address: text, message: `no thread could be started: ${error}` })
    }
  })

/** Starts one thread and waits until it has bound. `lost` runs when it ends without having been asked to. */
const spawn = Effect.fn("WorkerPlane.spawn")(function* (
  start: WorkerStart,
  record: PlaneOptions["record"],
  log: Log["Service"],
  lost: (why: string) => void
) {
  const ready = yield* Deferred.make<Extract<FromWorker, { _tag: "Ready" }>, BindError | TlsMaterialError>()
  const stopped = yield* Deferred.make<void>()
  const drained = yield* Deferred.make<void>()
  const cutDone = yield* Deferred.make<number>()
  const updates: Thread["updates"] = new Map()
  const open = followOpen(record)
  const backlog = new Backlog(start.backlog)
  const asked = new Map<number, PromiseWithResolvers<ThreadReport>>()
  let questions = 0
  let stopping = false
  let ended = false
  let why = "it ended"

  const settle = (generation: number, exit: Exit.Exit<void, TlsMaterialError>) => {
    const update = updates.get(generation)
    updates.delete(generation)
    if (update !== undefined) Deferred.doneUnsafe(update, exit)
  }
  const onMessage = (message: FromWorker): void => {
    switch (message._tag) {
      case "Records":
        message.records.forEach(open.record)
        return backlog.takenBy(log, message.records.length)
      case "Ready":
        return void Deferred.doneUnsafe(ready, Exit.succeed(message))
      case "BindFailed":
        return void Deferred.doneUnsafe(
          ready,
          Exit.fail(new BindError({ address: message.address, message: message.message }))
        )
      case "MaterialFailed":
        return void Deferred.doneUnsafe(ready, Exit.fail(new TlsMaterialError({ message: message.message })))
      case "Updated":
        return settle(
          message.generation,
          message.error === undefined ? Exit.void : Exit.fail(new TlsMaterialError({ message: message.error }))
        )
      case "Stopped":
        return void Deferred.doneUnsafe(stopped, Exit.void)
      case "Drained":
        return void Deferred.doneUnsafe(drained, Exit.void)
      case "CutDone":
        return void Deferred.doneUnsafe(cutDone, Exit.succeed(message.connections))
      case "LookUp": {
        const { host } = message
        return findAddresses(host, (...answer) =>
          worker.postMessage({ _tag: "Found", host, answer } satisfies ToWorker)
        )
      }
      case "Answer":
        if (message.report === undefined) asked.get(message.id)?.reject(new Error("no report"))
        else asked.get(message.id)?.resolve(message.report)
        asked.delete(message.id)
    }
  }

  const worker = yield* Effect.acquireRelease(
    Effect.map(startWorker(start), (worker) => {
      worker.on("message", onMessage)
      worker.on("error", (error) => (why = error instanceof Error ? error.message : String(error)))
      worker.on("exit", () => {
        Deferred.doneUnsafe(
          ready,
          Exit.fail(new BindError({ address: start.options.listen.text, message: `worker thread ended: ${why}` }))
        )
        Deferred.doneUnsafe(stopped, Exit.void)
        Deferred.doneUnsafe(drained, Exit.void)
        Deferred.doneUnsafe(cutDone, Exit.succeed(0))
        for (const generation of updates.keys()) settle(generation, Exit.void)
        for (const { reject } of asked.values()) reject(new Error(why))
        ended = true
        open.abandon(stopping ? "shutdown" : "thread_lost")
        if (!stopping) lost(why)
      })
      return worker
    }),
    (worker) =>
      Effect.promise(() => {
        stopping = true
        return worker.terminate()
      })
  )
  const { bound, shareableFd } = yield* Deferred.await(ready)
  const thread: Thread = {
    send: (message) => worker.postMessage(message),
    bound,
    shareableFd,
    ended: () => ended,
    updates,
    stopped,
    drained,
    cutDone,
    abandon: () => open.abandon("shutdown"),
    profiled: {
      label: `worker-${start.thread + 1}`,
      // From outside: V8 interrupts the thread for it, so that one in an endless loop can be looked at too.
      startCpu: (samples) => worker.startCpuProfile({ sampleInterval: CPU_INTERVAL_MILLIS, maxBufferSize: samples }),
      ask: (question) => {
        const answer = Promise.withResolvers<ThreadReport>()
        if (ended) answer.reject(new Error(why))
        else {
          asked.set(++questions, answer)
          worker.postMessage({ _tag: "Ask", id: questions, question } satisfies ToWorker)
        }
        return answer.promise
      }
    }
  }
  return thread
})

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
      let kept: number | undefined
      const giveUpSocket = Effect.sync(() => {
        if (kept === undefined) return
        closeSync(kept)
        kept = undefined
        proxy = { ...proxy, inheritedFd: undefined }
        if (path === undefined || path.startsWith("@")) return
        rmSync(path, { force: true })
      })
      yield* Effect.addFinalizer(() => giveUpSocket)
      const limit = options.maxConcurrentConnections
      const slots = limit > 0 ? makeShared(limit, count) : undefined
      const threads = new Map<number, Thread>()
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
      const startThread = (thread: number): Effect.Effect<Thread, BindError | TlsMaterialError, Scope.Scope> =>
        Effect.map(
          Effect.flatMap(ownSocket, (inheritedFd) =>
            spawn(
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
              options.record,
              log,
              (why) => onLost(thread, why)
            )
          ),
          (running) => {
            threads.set(thread, running)
            if (running.ended()) onLost(thread, "it ended")
            if (draining) running.send({ _tag: "Stop" })
            else if (started) running.send({ _tag: "Start" })
            return running
          }
        )
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
            log.line(`error: cannot replace worker thread ${thread}: ${error.message}`)
            return Effect.suspend(() => (draining ? Effect.void : replace(thread, Math.min(2 * pause, LONGEST_PAUSE))))
          }),
          Effect.asVoid
        )
      const context = yield* Effect.context<never>()
      const onLost = (thread: number, why: string) => {
        // A thread that never was ready has told its starter; only one that carried connections is replaced.
        if (!threads.delete(thread)) return
        stats.threadLost(thread)
        PendingDials.threadLost(proxy.dials, thread)
        if (slots !== undefined) threadLost(slots, thread)
        // Node's transport has bound it for this thread alone, which has no time left to remove the file.
        if (path !== undefined && kept === undefined && !path.startsWith("@")) rmSync(path, { force: true })
        log.line(`error: worker thread ${thread} ended unexpectedly (${why}); its connections are closed`)
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
      const all = <A>(of: (thread: Thread) => Deferred.Deferred<A>): Effect.Effect<ReadonlyArray<A>> =>
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
              const acks = [...threads.values()].map((thread) => {
                const ack = Deferred.makeUnsafe<void, TlsMaterialError>()
                thread.updates.set(next.generation, ack)
                thread.send({ _tag: "Update", material: next })
                return Deferred.await(ack)
              })
              material = next
              yield* Effect.all(acks, { concurrency: "unbounded", discard: true })
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
