/** The thread that everything but connections runs on, and its fibers. */
import { Context, Effect, Layer, Scheduler } from "effect"
import type { ProfiledThread } from "./ProfiledThread.ts"

/** The main thread as profiles see it; undefined where none were asked for. */
export const MainThread = Context.Reference<ProfiledThread | undefined>("ghostunnel/profiling/MainThread", {
  defaultValue: () => undefined
})

/** The main thread measures itself from here on, and fibers below it are seen: provide it outermost. */
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
