/** Requests to stop and to reload from all sources: signals, the reload timer, `POST /_shutdown`, an embedder. */
import { constants } from "node:os"
import { Context, Deferred, Duration, Effect, Exit, Layer, Queue, Result, Schedule, Scope } from "effect"
import { closeDebugger, isEarlyReload, isReloadBlocked } from "./Debugger.ts"
import { letSignalsKill } from "./FirstProcess.ts"
import { loadNative } from "./Native.ts"

/** Who asked for the shutdown, as the log says it. */
export type ShutdownRequest =
  | { readonly _tag: "Signal"; readonly name: "terminated" | "interrupt" }
  | { readonly _tag: "Request" }

/** Who asked for the reload; the timer asks silently, and so does who asks again after a reload that failed. */
export type ReloadRequest =
  | { readonly _tag: "Signal"; readonly name: "hangup" | "user defined signal 1" }
  | { readonly _tag: "Timer" }
  | { readonly _tag: "FilesChanged" }
  | { readonly _tag: "Retry" }

export class Lifecycle extends Context.Service<
  Lifecycle,
  {
    /** Completes with the first shutdown request; later ones have no effect. */
    readonly shutdown: Deferred.Deferred<ShutdownRequest>
    /** Reloads to do; bursts collapse into one. */
    readonly reloads: Queue.Queue<ReloadRequest>
    /**
     * Called before the tunnel binds anything: from now on requests may come from outside, and wait until it serves. Until
     * then signals have their default effect (docs/compatibility/command-line.md, 5.1).
     */
    readonly begin: Effect.Effect<void>
  }
>()("ghostunnel/Lifecycle") {
  /** Requests come only from code: nothing of the process is touched. For embedding and tests. */
  static readonly layerManual: Layer.Layer<Lifecycle> = Layer.effect(
    Lifecycle,
    Effect.map(
      Effect.suspend(() => make),
      (requests) => ({ ...requests, begin: Effect.void })
    )
  )

  /**
   * Requests come from the process's signals too (docs/compatibility/command-line.md, 5.2). Once a shutdown was asked for, by
   * whomever, SIGTERM and SIGINT kill again and the reload signals do nothing. The listeners, once `begin` has put them
   * up, live as long as the layer: they outlast the drain.
   */
  static readonly layerSignals: Layer.Layer<Lifecycle> = Layer.effect(
    Lifecycle,
    Effect.gen(function* () {
      const requests = yield* make
      const scope = yield* Effect.scope
      return { ...requests, begin: Effect.provideService(listenToSignals(requests), Scope.Scope, scope) }
    })
  )

  /** Asks for a reload every `interval`, first after one of them; zero or negative: never. */
  static readonly layerTimer = (interval: Duration.Duration): Layer.Layer<never, never, Lifecycle> =>
    Layer.effectDiscard(
      Effect.gen(function* () {
        const { reloads } = yield* Lifecycle
        if (!(Duration.toMillis(interval) > 0)) return
        // A request that waits already covers this one, and a signal's must not lose its log line to the timer's.
        const tick = Effect.sync(() => {
          if (Queue.sizeUnsafe(reloads) === 0) Queue.offerUnsafe(reloads, { _tag: "Timer" })
        })
        yield* tick.pipe(Effect.repeat(Schedule.fixed(interval)), Effect.delay(interval), Effect.forkScoped)
      })
    )
}

const make = Effect.gen(function* () {
  const shutdown = yield* Deferred.make<ShutdownRequest>()
  const reloads = yield* Queue.sliding<ReloadRequest>(1)
  return { shutdown, reloads }
})

const stopSignals = [
  ["SIGTERM", "terminated"],
  ["SIGINT", "interrupt"]
] as const
const reloadSignals = [
  ["SIGHUP", "hangup"],
  ["SIGUSR1", "user defined signal 1"]
] as const

/**
 * Deadly by default, without effect on Ghostunnel. SIGPIPE is not here: Node ignores it anyway, and taking a listener off
 * it again would make it deadly. Nor is SIGPROF: V8's profiler owns it.
 */
const ignored = ["SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGXCPU", "SIGXFSZ", "SIGPWR"] as const

const on = (signal: NodeJS.Signals, listener: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        try {
          process.on(signal, listener)
        } catch {
          // Not a signal of this platform.
        }
      }),
      () => Effect.sync(() => process.off(signal, listener))
    )
  )

/** Waits until listeners have been called for signals that came while this thread was busy: one whole turn of the loop. */
const earlierSignals = Effect.callback<void>((resume) => {
  setImmediate(() => setImmediate(() => resume(Effect.void)))
})

const listenToSignals = Effect.fnUntraced(function* (lifecycle: Effect.Success<typeof make>) {
  const { reloads, shutdown } = lifecycle
  const stops = stopSignals.map(([signal, name]) => {
    const listener = () => {
      restore()
      Deferred.doneUnsafe(shutdown, Exit.succeed({ _tag: "Signal" as const, name }))
    }
    return [signal, listener] as const
  })
  const restore = () => {
    for (const [signal, listener] of stops) process.off(signal, listener)
  }
  // What kills where nothing else listens comes first: a stop signal's own listener takes itself off as it is called.
  yield* Effect.acquireRelease(
    Effect.sync(() => letSignalsKill()),
    (stopKilling) => Effect.sync(stopKilling)
  )
  if (process.pid === 1) yield* earlierSignals
  for (const signal of ignored) yield* on(signal, () => {})
  for (const [signal, name] of reloadSignals) {
    const reload = () => {
      if (!Deferred.isDoneUnsafe(shutdown)) Queue.offerUnsafe(reloads, { _tag: "Signal", name })
    }
    yield* on(signal, reload)
    if (signal === "SIGUSR1" && isEarlyReload()) reload()
  }
  if (isReloadBlocked() && Result.isFailure(loadNative().unblockSignal(constants.signals.SIGUSR1))) {
    yield* Effect.logWarning(
      "warning: SIGUSR1 reloads nothing, because this Node blocks it and cannot unblock it: send SIGHUP"
    )
  }
  closeDebugger()
  for (const [signal, listener] of stops) yield* on(signal, listener)
  yield* Deferred.await(shutdown).pipe(Effect.andThen(Effect.sync(restore)), Effect.forkScoped)
})
