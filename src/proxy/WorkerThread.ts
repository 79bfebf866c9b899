/** One worker thread of the data plane as the main thread sees it: what it is told, what is awaited from it, and its end. */
import { closeSync, existsSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"
import { Deferred, Effect, Exit } from "effect"
import type { ProfiledThread, ThreadReport } from "../profiling/ProfiledThread.ts"
import { CPU_INTERVAL_MILLIS } from "../profiling/ProfiledThread.ts"
import { threadStarted } from "../runtime/EndProcess.ts"
import type { Log } from "../runtime/Logging.ts"
import { findAddresses } from "../runtime/NameLookup.ts"
import type { SocketFile } from "../runtime/UnixSocketFile.ts"
import { BindError, type EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import { Backlog } from "./Backlog.ts"
import type { PlaneOptions } from "./DataPlane.ts"
import { followOpen } from "./OpenConnections.ts"
import type { FromWorker, ToWorker, WorkerStart } from "./WorkerProtocol.ts"

/** The program of a thread: beside this file in the bundle and in the sources alike, unless the embedding program has it. */
const entryOf = (given: string | undefined): URL => {
  if (given !== undefined) return given.startsWith("file:") ? new URL(given) : pathToFileURL(given)
  return new URL(import.meta.url.endsWith(".ts") ? "./WorkerMain.ts" : "./worker.mjs", import.meta.url)
}

/**
 * Megabytes of a thread's young generation. Node's transport allocates with every read: a large one collects less often and
 * promotes less. The native one allocates for connections alone: there a large one would only take memory.
 */
const YOUNG_GENERATION_MB = { node: 32, native: 4 } as const

/**
 * How long a thread that is asked to leave may take. Terminating it from outside aborts the whole process when it runs a
 * callback that OpenSSL called, so that is for a thread that does not come back to its loop.
 */
const LEAVE_PATIENCE = "5 seconds"

/** One running thread and what is awaited from it. */
export interface WorkerThread {
  readonly send: (message: ToWorker) => void
  readonly bound: EndpointName
  readonly shareableFd: number | undefined
  /** The file of a UNIX socket that it has bound, which it removes when it stops. */
  readonly file: SocketFile | undefined
  readonly ended: () => boolean
  readonly updates: Map<number, Deferred.Deferred<void, TlsMaterialError>>
  /** Whether it has said so itself. */
  readonly hasStopped: () => boolean
  readonly stopped: Deferred.Deferred<void>
  readonly drained: Deferred.Deferred<void>
  readonly cutDone: Deferred.Deferred<number>
  /** It did not obey: its open connections are recorded as cut, and its own records are dropped from now on. */
  readonly abandon: () => void
  readonly profiled: ProfiledThread
}

/** Fails where the system allows no further thread, and where a bundle has left out the program of threads. */
const startWorker = (start: WorkerStart, given: string | undefined): Effect.Effect<Worker, BindError> =>
  Effect.try({
    try: () => {
      const entry = entryOf(given)
      if (!existsSync(entry)) {
        const remedy =
          'bundle "ghostunnel/worker" as an entry of its own and name it by workerEntry, or set workers to 0'
        throw new Error(`${fileURLToPath(entry)} is missing: ${remedy}`)
      }
      return new Worker(entry, {
        name: `ghostunnel-${start.thread}`,
        workerData: start,
        transferList: [start.stats.overflow],
        // What this process was started with (`--input-type`, `--eval`, a profiler) is no business of its threads.
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB[start.transport] }
      })
    },
    catch: (error) => {
      // Nobody else is going to.
      if (start.options.inheritedFd !== undefined) closeSync(start.options.inheritedFd)
      const { text } = start.options.listen
      return new BindError({
        address: text,
        message: `no thread could be started: ${error instanceof Error ? error.message : error}`
      })
    }
  })

/** Starts one thread and waits until it has bound. `lost` runs when it ends without having been asked to. */
export const spawn = Effect.fn("WorkerThread.spawn")(function* (
  start: WorkerStart,
  entry: string | undefined,
  record: PlaneOptions["record"],
  log: Log["Service"],
  lost: (why: string) => void
) {
  const ready = yield* Deferred.make<Extract<FromWorker, { _tag: "Ready" }>, BindError | TlsMaterialError>()
  const stopped = yield* Deferred.make<void>()
  const drained = yield* Deferred.make<void>()
  const cutDone = yield* Deferred.make<number>()
  const gone = yield* Deferred.make<void>()
  const updates: WorkerThread["updates"] = new Map()
  const open = followOpen(record)
  const backlog = new Backlog(start.backlog)
  const asked = new Map<number, PromiseWithResolvers<ThreadReport>>()
  let questions = 0
  let stopping = false
  let hasStopped = false
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
        hasStopped = true
        return void Deferred.doneUnsafe(stopped, Exit.void)
      case "Drained":
        return void Deferred.doneUnsafe(drained, Exit.void)
      case "CutDone":
        return void Deferred.doneUnsafe(cutDone, Exit.succeed(message.connections))
      case "LookUp": {
        const { host, id } = message
        return findAddresses(host, (...answer) => worker.postMessage({ _tag: "Found", id, answer } satisfies ToWorker))
      }
      case "Answer":
        if (message.report === undefined) asked.get(message.id)?.reject(new Error("no report"))
        else asked.get(message.id)?.resolve(message.report)
        asked.delete(message.id)
    }
  }

  const worker = yield* Effect.acquireRelease(
    Effect.map(startWorker(start, entry), (worker) => {
      worker.on("message", onMessage)
      worker.on("error", (error) => (why = error instanceof Error ? error.message : String(error)))
      const threadEnded = threadStarted()
      worker.on("exit", () => {
        ended = true
        threadEnded()
        open.abandon(stopping ? "shutdown" : "thread_lost")
        // Before anybody who waits for the thread goes on: that may be the end of the process.
        if (!stopping) lost(why)
        for (const generation of updates.keys()) settle(generation, Exit.void)
        for (const { reject } of asked.values()) reject(new Error(why))
        Deferred.doneUnsafe(
          ready,
          Exit.fail(new BindError({ address: start.options.listen.text, message: `worker thread ended: ${why}` }))
        )
        Deferred.doneUnsafe(stopped, Exit.void)
        Deferred.doneUnsafe(drained, Exit.void)
        Deferred.doneUnsafe(cutDone, Exit.succeed(0))
        Deferred.doneUnsafe(gone, Exit.void)
      })
      return worker
    }),
    (worker) =>
      Effect.suspend(() => {
        stopping = true
        if (ended) return Effect.void
        worker.postMessage({ _tag: "Leave" } satisfies ToWorker)
        return Deferred.await(gone).pipe(
          Effect.timeoutOrElse({
            duration: LEAVE_PATIENCE,
            orElse: () => Effect.promise(() => worker.terminate())
          }),
          Effect.asVoid
        )
      })
  )
  const { bound, file, shareableFd } = yield* Deferred.await(ready)
  const thread: WorkerThread = {
    send: (message) => worker.postMessage(message),
    bound,
    shareableFd,
    file,
    ended: () => ended,
    updates,
    hasStopped: () => hasStopped,
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
