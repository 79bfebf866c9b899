/** How busy and how late an event loop is, in two doubles that another thread may read. */
import { Effect, type Scope } from "effect"

/** What a thread's loop was like during the last half second. */
export interface LoopFacts {
  /** How late a timer was at worst, in seconds. */
  readonly lag: number
  /** Share of the time in which the loop was busy, 0 to 1. */
  readonly utilization: number
}

const periodMillis = 500
const LAG = 0
const UTILIZATION = 1

/** Reads what `meterLoop` wrote. */
export const loopFacts = (cell: Float64Array): LoopFacts => ({
  lag: cell[LAG] ?? 0,
  utilization: cell[UTILIZATION] ?? 0
})

/** The share of busy time between two readings; what was slept elsewhere counts as busy there. */
const busyShare = (active: number, idle: number, slept: number): number =>
  active + idle > 0 ? Math.min(1, Math.max(0, (active - slept) / (active + idle))) : 0

/**
 * Measures this thread's loop while the scope is open; does not keep the thread alive. `slept`: milliseconds that the thread
 * has slept where the loop does not see it.
 */
export const meterLoop = (cell: Float64Array, slept: () => number = () => 0): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        let last = performance.eventLoopUtilization()
        let sleptBefore = slept()
        let due = performance.now() + periodMillis
        const timer = setInterval(() => {
          const now = performance.now()
          const next = performance.eventLoopUtilization()
          cell[LAG] = Math.max(0, now - due) / 1000
          const sleptNow = slept()
          const { active, idle } = performance.eventLoopUtilization(next, last)
          cell[UTILIZATION] = busyShare(active, idle, sleptNow - sleptBefore)
          last = next
          sleptBefore = sleptNow
          due = now + periodMillis
        }, periodMillis)
        timer.unref()
        return timer
      }),
      (timer) => Effect.sync(() => clearInterval(timer))
    )
  )
