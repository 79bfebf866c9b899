/** One worker thread as the main thread sees it: requests, the records it sends, and its end. */
import { existsSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { inspect } from "node:util"
import { MessageChannel, receiveMessageOnPort, type Transferable, Worker } from "node:worker_threads"
import { Deferred, Effect, Exit, Schema } from "effect"
import { CPU_INTERVAL_MILLIS, type ProfiledThread } from "../profiling/ProfiledThread.ts"
import { threadStarted } from "../runtime/EndProcess.ts"
import type { Log } from "../runtime/Logging.ts"
import type { Resolver } from "../runtime/NameLookup.ts"
import { Backlog } from "./Backlog.ts"
import type { ConnectionRecord } from "./ConnectionRecord.ts"
import { followOpen, type OpenConnections } from "./OpenConnections.ts"
import * as ThreadPort from "./ThreadPort.ts"
import { LookUp, RecordBatch, Reported, type Request, type ToWorker, type WorkerStart } from "./WorkerProtocol.ts"

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
 * callback that OpenSSL called, so that is for a thread that does not return to its event loop.
 */
const LEAVE_PATIENCE = "5 seconds"

/** Why a thread could not be started. */
export interface SpawnFailure {
  readonly why: string
}

/** What a thread is started with and reports to. */
export interface ThreadOptions {
  readonly start: Omit<WorkerStart, "records">
  readonly entry: string | undefined
  readonly log: Log["Service"]
  readonly lookUp: Resolver
  /** Runs when the thread ends without having been asked to, before any request fails. */
  readonly lost: (why: string) => void
}

/** A running thread. */
export interface WorkerThread {
  readonly ask: <A>(
    request: Request,
    reply: Schema.Codec<A, unknown>,
    transfer?: ReadonlyArray<Transferable>
  ) => Effect.Effect<A, ThreadPort.ThreadEnded>
  /** A request with more than one reply. */
  readonly converse: (request: Request) => ReturnType<typeof ThreadPort.converse>
  /** Passes the tunnel's records on from now on. */
  readonly follow: (tunnel: string, record: (record: ConnectionRecord) => void) => void
  /** The thread does not obey: the tunnel's open connections are recorded as cut, its own records are dropped from now on. */
  readonly abandon: (tunnel: string) => void
  readonly hasEnded: () => boolean
  /** Completes with the reason when the thread has ended. */
  readonly ended: Effect.Effect<string>
  /** Asks the thread to leave and waits for that. */
  readonly leave: Effect.Effect<void>
  readonly profiled: ProfiledThread
}

const decodeBatch = Schema.decodeUnknownSync(RecordBatch)
const decodeLookUp = Schema.decodeUnknownSync(LookUp)

/** Fails where the system allows no further thread, and where a bundle has left out the program of threads. */
const startWorker = (start: WorkerStart, given: string | undefined): Effect.Effect<Worker, SpawnFailure> =>
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
        transferList: [start.records],
        // Flags of this process (`--input-type`, `--eval`, a profiler) are not for its threads.
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB[start.transport] }
      })
    },
    catch: (error) => ({ why: `no thread could be started: ${error instanceof Error ? error.message : error}` })
  })

/** Starts a thread without tunnels. It loads its code while requests already wait for it. */
export const spawn = Effect.fn("WorkerThread.spawn")(function* ({ entry, log, lookUp, lost, start }: ThreadOptions) {
  const gone = yield* Deferred.make<string>()
  const tunnels = new Map<string, OpenConnections>()
  const backlog = new Backlog(start.backlog)
  const { port1: records, port2 } = new MessageChannel()
  let why = "it ended"
  let leaving = false
  let ended = false
  let asked = false
  const run = Effect.runPromiseWith(yield* Effect.context<never>())
  const watching = new Set<(why: string) => void>()

  const takeBatch = (message: unknown): void => {
    const batch = decodeBatch(message)
    const tunnel = tunnels.get(batch.tunnel)
    if (tunnel !== undefined) batch.records.forEach(tunnel.record)
    backlog.takenBy(log, batch.records.length)
  }
  const catchUp = (): void => {
    for (let next = receiveMessageOnPort(records); next !== undefined; next = receiveMessageOnPort(records)) {
      takeBatch(next.message)
    }
  }
  const onLookUp = (message: unknown): void => {
    const { host } = decodeLookUp(message)
    lookUp(host, (failure, addresses) =>
      worker.postMessage({ _tag: "Found", host, failure, addresses } satisfies ToWorker)
    )
  }

  const worker = yield* startWorker({ ...start, records: port2 }, entry)
  const threadEnded = threadStarted()
  records.on("message", takeBatch)
  records.unref()
  worker.on("message", onLookUp)
  worker.on("error", (error) => (why = error instanceof Error ? error.message : inspect(error)))
  worker.on("exit", () => {
    ended = true
    threadEnded()
    catchUp()
    records.close()
    for (const tunnel of tunnels.values()) tunnel.abandon(leaving ? "shutdown" : "thread_lost")
    // Before anything that waits for the thread goes on: that may be the end of the process.
    if (!leaving) lost(why)
    for (const tell of watching) tell(why)
    Deferred.doneUnsafe(gone, Exit.succeed(why))
  })
  const peer: ThreadPort.Peer = {
    post: (message, transfer) => {
      asked = true
      worker.postMessage(message, [...transfer])
    },
    onEnd: (tell) => {
      if (ended) tell(why)
      else watching.add(tell)
      return () => void watching.delete(tell)
    },
    catchUp
  }
  const message = (request: Request) => (reply: ToWorkerReply) => ({ _tag: "Ask", request, reply }) satisfies ToWorker
  const thread: WorkerThread = {
    ask: (request, reply, transfer) => ThreadPort.ask(peer, message(request), reply, transfer),
    converse: (request) => ThreadPort.converse(peer, message(request)),
    follow: (tunnel, record) => void tunnels.set(tunnel, followOpen(record)),
    abandon: (tunnel) => tunnels.get(tunnel)?.abandon("shutdown"),
    hasEnded: () => ended,
    ended: Deferred.await(gone),
    leave: Effect.suspend(() => {
      leaving = true
      if (ended) return Effect.void
      const terminate = Effect.promise(() => worker.terminate())
      // Without a tunnel no code of OpenSSL's runs, and the thread may still be loading its own.
      if (!asked) return Effect.asVoid(terminate)
      worker.postMessage({ _tag: "Leave" } satisfies ToWorker)
      return Deferred.await(gone).pipe(
        Effect.timeoutOrElse({ duration: LEAVE_PATIENCE, orElse: () => terminate }),
        Effect.asVoid
      )
    }),
    profiled: {
      label: `worker-${start.thread + 1}`,
      // From outside: V8 interrupts the thread for it, so one in an endless loop is profiled too.
      startCpu: (samples) => worker.startCpuProfile({ sampleInterval: CPU_INTERVAL_MILLIS, maxBufferSize: samples }),
      ask: async (question) => {
        const { report } = await run(ThreadPort.ask(peer, message({ _tag: "Report", question }), Reported))
        if (report === undefined) throw new Error("no report")
        return report
      }
    }
  }
  return thread
})

type ToWorkerReply = Extract<ToWorker, { _tag: "Ask" }>["reply"]
