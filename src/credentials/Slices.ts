/** Long computations on a thread that has connections to serve: cut into slices between which the event loop turns. */
import { Effect } from "effect"

/** Longest time that one slice takes, in milliseconds, unless a single step takes longer. */
const sliceMillis = 5

/** Runs a generator to its end; it yields wherever it may be suspended. Interruption ends it. */
export const inSlices = <A>(work: Generator<void, A>): Effect.Effect<A> =>
  Effect.callback<A>((resume) => {
    let next: NodeJS.Immediate | undefined
    const run = (): void => {
      const end = performance.now() + sliceMillis
      try {
        do {
          const step = work.next()
          if (step.done === true) return resume(Effect.succeed(step.value))
        } while (performance.now() < end)
        next = setImmediate(run)
      } catch (cause) {
        resume(Effect.die(cause))
      }
    }
    next = setImmediate(run)
    return Effect.sync(() => clearImmediate(next))
  })
