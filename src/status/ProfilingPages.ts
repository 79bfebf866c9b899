/** The pages of `/debug/pprof/`; their code is loaded only if the main thread profiles itself. */
import { Effect } from "effect"
import { MainThread } from "../profiling/MainThread.ts"
import type { ProfiledThread } from "../profiling/ProfiledThread.ts"

/** The routes for the main thread and the `others`; undefined if profiling is off. */
export const profilingPages = Effect.fnUntraced(function* (others: () => ReadonlyArray<ProfiledThread>) {
  const main = yield* MainThread
  if (main === undefined) return undefined
  const [Profiler, { profilingRoutes }] = yield* Effect.promise(() =>
    Promise.all([import("../profiling/Profiler.ts"), import("./ProfilingRoutes.ts")])
  )
  const profiler = Profiler.make(() => [main, ...others()])
  return profilingRoutes(profiler, process.argv.slice(1))
})
