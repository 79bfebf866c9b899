/** The pages of `/debug/pprof/`, whose code is loaded only where the main thread measures itself. */
import { Effect } from "effect"
import { MainThread } from "../profiling/MainThread.ts"
import type { ProfiledThread } from "../profiling/ProfiledThread.ts"

/** The routes for the main thread and the `others`; undefined where no profiles were asked for. */
export const profilingPages = Effect.fnUntraced(function* (others: () => ReadonlyArray<ProfiledThread>) {
  const main = yield* MainThread
  if (main === undefined) return undefined
  const [Profiler, { profilingRoutes }] = yield* Effect.promise(() =>
    Promise.all([import("../profiling/Profiler.ts"), import("./ProfilingRoutes.ts")])
  )
  const profiler = Profiler.make(() => [main, ...others()])
  return profilingRoutes(profiler, process.argv.slice(1))
})
