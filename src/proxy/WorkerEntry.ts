/** A worker thread's program: decodes requests and hands them to the thread's tunnels. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { Effect, Layer, ManagedRuntime, Option, Scheduler, Schema } from "effect"
import { FiberCount } from "../metrics/FiberCount.ts"
import { meterLoop } from "../metrics/LoopMeter.ts"
import { fiberCell, loopCell } from "../metrics/ThreadVitals.ts"
import type { ThreadProfiler } from "../profiling/ThreadProfiler.ts"
import { makeReadUsage } from "../runtime/Descriptors.ts"
import { NameLookup, type Resolver } from "../runtime/NameLookup.ts"
import { Transport } from "../transport/Transport.ts"
import { loadTransport } from "../transport/TransportChoice.ts"
import { RemoteNames } from "./RemoteNames.ts"
import { type Request, ToWorker, WorkerStart } from "./WorkerProtocol.ts"
import * as WorkerTunnels from "./WorkerTunnels.ts"

const startProfiler = async (thread: number): Promise<ThreadProfiler> => {
  const { start } = await import("../profiling/ThreadProfiler.ts")
  return start(`worker-${thread + 1}`)
}

/** Measures the event loop, if the figures are read, as long as the thread runs. */
const meter = ({ vitals }: WorkerStart) =>
  Layer.effectDiscard(
    Effect.flatMap(Transport, ({ slept }) =>
      vitals.byteLength === 0 ? Effect.void : meterLoop(loopCell(vitals), slept)
    )
  )

/** Loads the thread's code and gives what runs a request. */
const load = async (find: Resolver, start: WorkerStart) => {
  const profiler = start.profiled ? await startProfiler(start.thread) : undefined
  const names = Layer.succeed(NameLookup, find)
  const transport = Layer.provide(await loadTransport(start.transport), names)
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(
      Layer.provideMerge(meter(start), transport),
      FiberCount.layerIn(fiberCell(start.vitals)),
      profiler === undefined ? Layer.empty : Layer.succeed(Scheduler.Scheduler, profiler.watch)
    )
  )
  const { handle } = WorkerTunnels.make(start, profiler, makeReadUsage())
  return (request: Request, reply: MessagePort) => runtime.runPromise(handle(request, reply))
}

/** Serves the thread's parent until the parent ends it. */
export const run = (): void => {
  if (parentPort === null) throw new Error("this module runs in a worker thread")
  const port = parentPort
  // A message that cannot be handled is a defect of ours: it ends the thread, and the main thread starts another one.
  const die = (cause: unknown): void => {
    setImmediate(() => {
      throw cause
    })
  }
  const decode = Schema.decodeUnknownOption(ToWorker)
  const names = new RemoteNames((message) => port.postMessage(message))
  const loaded = load(names.find, Schema.decodeUnknownSync(WorkerStart)(workerData))
  loaded.catch(die)
  port.on("message", (raw) => {
    const decoded = decode(raw)
    if (Option.isNone(decoded)) throw new Error("it was sent a message that it does not know")
    const message = decoded.value
    if (message._tag === "Leave") process.exit(0)
    if (message._tag === "Found") return names.found(message)
    loaded.then((handle) => handle(message.request, message.reply)).catch(die)
  })
}
