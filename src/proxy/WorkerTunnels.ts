/** The tunnels of one worker thread, by name, and what the main thread may ask of them. */
import * as Module from "node:module"
import type { MessagePort } from "node:worker_threads"
import { Effect, Exit, Fiber, Result, Schema, Scope } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import { writer } from "../metrics/ConnectionStats.ts"
import { asFiber } from "../profiling/ProfiledThread.ts"
import type { ThreadProfiler } from "../profiling/ThreadProfiler.ts"
import type { ReadUsage } from "../runtime/Descriptors.ts"
import type { Transport } from "../transport/Transport.ts"
import { Backlog } from "./Backlog.ts"
import { RecordBatches } from "./RecordBatches.ts"
import { ThreadBudget } from "./ThreadBudget.ts"
import * as ThreadProxy from "./ThreadProxy.ts"
import {
  type Add,
  type Added,
  Commit,
  type CutDone,
  type Done,
  type Preparation,
  type Reported,
  type Request,
  type WorkerStart
} from "./WorkerProtocol.ts"

interface Carried {
  readonly proxy: ThreadProxy.ThreadProxy
  readonly scope: Scope.Closeable
  readonly flush: () => void
}

type Reply = Added | typeof Done.Type | typeof CutDone.Type | typeof Preparation.Type | typeof Reported.Type

const isCommit = Schema.is(Commit)

/** What the main thread says next on the port of a preparation: to commit, or nothing more. */
const decision = (port: MessagePort) =>
  Effect.callback<"commit" | "discard">((resume) => {
    port.on("message", (message) => resume(Effect.succeed(isCommit(message) ? "commit" : "discard")))
    port.on("close", () => resume(Effect.succeed("discard")))
  })

/** Answers requests. Each runs in a fiber of its own; a defect is for the caller to end the thread with. */
export const make = (start: WorkerStart, profiler: ThreadProfiler | undefined, usage: ReadUsage) => {
  const backlog = new Backlog(start.backlog)
  const budget = new ThreadBudget(start.dials, start.thread, start.threads, usage)
  const tunnels = new Map<string, Carried>()
  // An uncaught error ends the thread: what it recorded until then is not lost.
  process.on("uncaughtExceptionMonitor", () => {
    for (const { flush } of tunnels.values()) flush()
  })

  const add = Effect.fnUntraced(function* ({ interest, material, options, stats, tunnel }: Add) {
    const scope = yield* Scope.make()
    const batches = new RecordBatches(tunnel, interest, start.records, backlog)
    const context: ThreadProxy.ThreadContext = {
      thread: start.thread,
      budget,
      stats: writer(stats),
      interest,
      isBacklogged: () => backlog.isFull,
      record: (record) => batches.add(record),
      profiled: start.profiled,
      subjectOf
    }
    const proxy = yield* Scope.provide(ThreadProxy.make(options, context, material), scope).pipe(
      Effect.onError(() => Scope.close(scope, Exit.void))
    )
    tunnels.set(tunnel, { proxy, scope, flush: () => batches.flush() })
    const { bound, file, shareableFd } = proxy
    const added: Added = { _tag: "Bound", bound, file, shareableFd }
    return added
  })
  const tryAdd = (request: Add): Effect.Effect<Added, never, Transport> =>
    Effect.catchTags(add(request), {
      BindError: ({ address, message }) => Effect.succeed<Added>({ _tag: "BindFailed", address, message }),
      TlsMaterialError: ({ message }) => Effect.succeed<Added>({ _tag: "MaterialFailed", message })
    })

  const prepare = Effect.fnUntraced(function* (
    { material }: Extract<Request, { _tag: "Prepare" }>,
    { proxy }: Carried,
    port: MessagePort,
    say: (reply: Reply) => void
  ) {
    const decided = yield* Effect.forkChild(decision(port), { startImmediately: true })
    const prepared = yield* Effect.result(proxy.prepare(material))
    if (Result.isFailure(prepared)) return say({ _tag: "Refused", message: prepared.failure.message })
    say({ _tag: "Prepared" })
    if ((yield* Fiber.join(decided)) === "discard") return
    yield* prepared.success.commit
    say({ _tag: "Done" })
  }, Effect.scoped)

  const report = (question: Extract<Request, { _tag: "Report" }>["question"]) =>
    Effect.promise(() => profiler?.ask(question).catch(() => undefined) ?? Promise.resolve(undefined))

  /** Asked for a tunnel that it does not carry, a thread does nothing: the main thread has removed it meanwhile. */
  const handle = (request: Request, port: MessagePort): Effect.Effect<void, never, Transport> => {
    const say = (reply: Reply) => port.postMessage(reply)
    const done = () => say({ _tag: "Done" })
    const carried = "tunnel" in request ? tunnels.get(request.tunnel) : undefined
    const flush = Effect.sync(() => carried?.flush())
    switch (request._tag) {
      case "Add":
        return Effect.map(tryAdd(request), say)
      case "Start":
        return Effect.map(carried?.proxy.start ?? Effect.void, done)
      case "Stop":
        return Effect.andThen(carried?.proxy.stop ?? Effect.void, flush).pipe(Effect.map(done))
      case "Drain":
        return Effect.andThen(carried?.proxy.drained ?? Effect.void, flush).pipe(
          Effect.map(() => {
            done()
            // The thread may be ended from outside, where nothing saves what it has compiled.
            Module.flushCompileCache()
          })
        )
      case "Cut":
        return Effect.map(Effect.tap(carried?.proxy.cut ?? Effect.succeed(0), flush), (connections) =>
          say({ _tag: "CutDone", connections })
        )
      case "Remove":
        tunnels.delete(request.tunnel)
        return Effect.andThen(carried === undefined ? Effect.void : Scope.close(carried.scope, Exit.void), flush).pipe(
          Effect.map(done)
        )
      case "Prepare":
        return carried === undefined
          ? Effect.sync(() => say({ _tag: "Refused", message: "the tunnel has been removed" }))
          : prepare(request, carried, port, say)
      case "Report":
        return Effect.map(report(request.question), (answer) => say({ _tag: "Reported", report: answer })).pipe(
          asFiber("WorkerTunnels.report")
        )
    }
  }
  return { handle }
}
