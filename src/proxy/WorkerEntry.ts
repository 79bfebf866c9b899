/** A worker thread's program: one proxy, driven by messages. */

import * as Module from "node:module"
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { Effect, Exit, Layer, ManagedRuntime, Scheduler, Scope } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import { fiberCell, loopCell, writer } from "../metrics/ConnectionStats.ts"
import { FiberCount } from "../metrics/FiberCount.ts"
import { meterLoop } from "../metrics/LoopMeter.ts"
import { asFiber, type Question } from "../profiling/ProfiledThread.ts"
import type { ThreadProfiler } from "../profiling/ThreadProfiler.ts"
import { type Found, lookUpBy } from "../runtime/NameLookup.ts"
import { Transport } from "../transport/Transport.ts"
import { loadTransport } from "../transport/TransportChoice.ts"
import { Backlog } from "./Backlog.ts"
import type { ConnectionRecord } from "./ConnectionRecord.ts"
import * as ThreadProxy from "./ThreadProxy.ts"
import type { FromWorker, ToWorker, WorkerStart } from "./WorkerProtocol.ts"

/** Longest time a record waits for company, in milliseconds; each message to the main thread has its price. */
const BATCH_MILLIS = 5
/** The same for records that nobody is in a hurry for. */
const UNHURRIED_MILLIS = 100

const pipeTags: ReadonlySet<ConnectionRecord["_tag"]> = new Set(["Opened", "Closed", "Aborted"])

type Answer = Extract<ToWorker, { _tag: "Found" }>
type Order = Exclude<ToWorker, Answer | { readonly _tag: "Leave" }>

const serve = Effect.fn("WorkerEntry.serve")(function* (
  port: MessagePort,
  start: WorkerStart,
  profiler: ThreadProfiler | undefined
) {
  const send = (message: FromWorker) => port.postMessage(message)

  const backlog = new Backlog(start.backlog)
  let batch: Array<ConnectionRecord> = []
  let timer: NodeJS.Timeout | undefined
  let hurried = false
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (batch.length === 0) return
    backlog.sent(batch.length)
    send({ _tag: "Records", records: batch })
    batch = []
  }
  // An uncaught error ends the thread: what it recorded until then is not lost.
  process.on("uncaughtExceptionMonitor", flush)

  const proxy = yield* ThreadProxy.make(
    start.options,
    {
      thread: start.thread,
      threads: start.threads,
      reusePort: start.reusePort,
      stats: writer(start.stats),
      interest: start.interest,
      isBacklogged: () => backlog.isFull,
      record: (record) => {
        batch.push(record)
        const patient = start.interest.unhurried === true && pipeTags.has(record._tag)
        if (timer !== undefined && (patient || hurried)) return
        clearTimeout(timer)
        hurried = !patient
        timer = setTimeout(flush, patient ? UNHURRIED_MILLIS : BATCH_MILLIS)
      },
      subjectOf
    },
    start.material
  )
  // Nobody reads it where no numbers are kept.
  if (start.stats.memory.byteLength > 0) yield* meterLoop(loopCell(start.stats), (yield* Transport).slept)
  send({ _tag: "Ready", bound: proxy.bound, shareableFd: proxy.shareableFd, file: proxy.file })

  const report = (question: Question) => profiler?.ask(question).catch(() => undefined) ?? Promise.resolve(undefined)
  const handle = (message: Order): Effect.Effect<void> => {
    switch (message._tag) {
      case "Start":
        return proxy.start
      case "Update": {
        const { generation } = message.material
        return Effect.match(proxy.update(message.material), {
          onSuccess: () => send({ _tag: "Updated", generation, error: undefined }),
          onFailure: (error) => send({ _tag: "Updated", generation, error: error.message })
        })
      }
      case "Stop":
        return Effect.gen(function* () {
          yield* proxy.stop
          flush()
          send({ _tag: "Stopped" })
          yield* proxy.drained
          flush()
          send({ _tag: "Drained" })
          // The thread is about to be ended from outside, where nothing saves what it has compiled.
          Module.flushCompileCache()
        })
      case "Cut":
        return Effect.map(proxy.cut, (connections) => {
          flush()
          send({ _tag: "CutDone", connections })
        })
      case "Ask":
        return Effect.map(
          Effect.promise(() => report(message.question)),
          (answer) => send({ _tag: "Answer", id: message.id, report: answer })
        ).pipe(asFiber("WorkerEntry.answer"))
    }
  }
  return handle
})

const startProfiler = async (thread: number): Promise<ThreadProfiler> => {
  const { start } = await import("../profiling/ThreadProfiler.ts")
  return start(`worker-${thread + 1}`)
}

/** Leaves name look-ups to the main thread; takes its answers. */
const lookUpThere = (port: MessagePort) => {
  const asking = new Map<number, Found>()
  let questions = 0
  lookUpBy((host, found) => {
    asking.set(++questions, found)
    port.postMessage({ _tag: "LookUp", id: questions, host } satisfies FromWorker)
  })
  return ({ answer, id }: Answer): void => {
    const found = asking.get(id)
    asking.delete(id)
    found?.(...answer)
  }
}

const main = async (port: MessagePort, start: WorkerStart): Promise<void> => {
  const scope = Scope.makeUnsafe()
  // A message that cannot be handled is a defect of ours: it ends the thread, and the control plane starts another one.
  const die = (cause: unknown): void => {
    setImmediate(() => {
      throw cause
    })
  }
  const waiting: Array<Order> = []
  let handle = (message: Order): void => void waiting.push(message)
  const answered = lookUpThere(port)
  port.on("message", (message: ToWorker) => {
    if (message._tag === "Leave") process.exit(0)
    if (message._tag === "Found") answered(message)
    else handle(message)
  })

  const profiler = start.options.profiled ? await startProfiler(start.thread) : undefined
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(
      await loadTransport(start.transport),
      FiberCount.layerIn(fiberCell(start.stats)),
      profiler === undefined ? Layer.empty : Layer.succeed(Scheduler.Scheduler, profiler.watch)
    )
  )
  const exit = await runtime.runPromiseExit(
    serve(port, start, profiler).pipe(
      Scope.provide(scope),
      Effect.catchTags({
        BindError: ({ address, message }) =>
          Effect.sync(() => {
            port.postMessage({ _tag: "BindFailed", address, message } satisfies FromWorker)
          }),
        TlsMaterialError: ({ message }) =>
          Effect.sync(() => {
            port.postMessage({ _tag: "MaterialFailed", message } satisfies FromWorker)
          })
      })
    )
  )
  if (Exit.isFailure(exit)) return die(exit.cause)
  const run = exit.value
  if (run === undefined) return port.close()
  handle = (message) => void runtime.runPromise(run(message)).catch(die)
  for (const message of waiting.splice(0)) handle(message)
}

/** Serves the thread's parent until the parent ends it. */
export const run = (): void => {
  if (parentPort === null) throw new Error("this module runs in a worker thread")
  const start: WorkerStart = workerData
  void main(parentPort, start)
}
