/** The program: serves until shutdown, with the log lines and exit code of the Go program (docs/compatibility/command-line.md, 5.1 to 5.5). */
import { Cause, Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import type { ProcessConfig } from "../config/ProcessConfig.ts"
import { asFiber } from "../profiling/ProfiledThread.ts"
import { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { Native } from "../runtime/Native.ts"
import { ServiceNotify } from "../runtime/ServiceNotify.ts"
import type { StartError } from "../runtime/StartError.ts"
import * as Watchdog from "../runtime/Watchdog.ts"
import { Process } from "./Process.ts"

/**
 * Builds the process, serves until shutdown is requested, and drains. Returns whether the drain was forced. A shutdown
 * requested before the process serves ends the start.
 */
export const serve = Effect.fn("Process.run")(function* (config: ProcessConfig) {
  const log = yield* Log
  const { shutdown } = yield* Lifecycle
  const scope = yield* Scope.make()
  const requested = Effect.map(Deferred.await(shutdown), (request) =>
    log.line(
      "shutdown",
      request._tag === "Signal" ? `received ${request.name}, shutting down` : "shutdown request processing"
    )
  )
  const starting = yield* Layer.buildWithScope(Process.layer(config), scope).pipe(
    Effect.tapError((error) => Effect.sync(() => error.lines.forEach((line) => log.line("start_failed", line)))),
    Effect.forkChild
  )
  yield* Effect.raceFirst(Fiber.await(starting), Deferred.await(shutdown))
  yield* Fiber.interrupt(starting)
  const started = yield* Fiber.await(starting)
  if (Exit.isFailure(started)) {
    const stopped = Cause.hasInterruptsOnly(started.cause)
    if (stopped) yield* requested
    yield* Scope.close(scope, started)
    return stopped ? { forced: false } : yield* Effect.failCause(started.cause)
  }
  const running = Context.get(started.value, Process)
  yield* Effect.forkChild(Watchdog.watch().pipe(asFiber("Watchdog.watch")))
  yield* requested
  const outcome = yield* running.shutdown
  // The rest is released on the way out of the program: nothing waits for a status request in flight.
  yield* Effect.forkDetach(Scope.close(scope, Exit.void))
  return outcome
})

/** Services that depend on the service manager. */
export const processServices = Layer.mergeAll(InheritedSockets.layer(), ServiceNotify.layer()).pipe(
  Layer.provideMerge(Native.layer)
)

/** The whole program: signals request shutdown and reload, log lines go to standard output. */
export const run = (config: ProcessConfig): Effect.Effect<{ readonly forced: boolean }, StartError> =>
  serve(config).pipe(
    Effect.provide(Layer.mergeAll(Log.layerStdoutAs(config.process.logFormat), Lifecycle.layerSignals, processServices))
  )
