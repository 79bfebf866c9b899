/** Profiling of the main thread, which runs everything except connections, and of its fibers. */
import { Context, Effect, Layer, Scheduler } from "effect"
import type { ProfiledThread } from "./ProfiledThread.ts"

/** The main thread as a profiling target; undefined if profiling is off. */
export const MainThread = Context.Reference<ProfiledThread | undefined>("ghostunnel/profiling/MainThread", {
  defaultValue: () => undefined
})

/** Profiles the main thread from here on, including fibers started below: provide it outermost. */
export const layer: Layer.Layer<never> = Layer.unwrap(
  Effect.gen(function* () {
    const { start } = yield* Effect.promise(() => import("./ThreadProfiler.ts"))
    const main = yield* Effect.acquireRelease(
      Effect.promise(() => start("main")),
      ({ close }) => Effect.sync(close)
    )
    return Layer.merge(Layer.succeed(Scheduler.Scheduler, main.watch), Layer.succeed(MainThread, main))
  })
)
