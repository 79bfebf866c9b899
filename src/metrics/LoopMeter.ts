/** Event loop lag and utilization, in two doubles that another thread may read. */
import { Effect, type Scope } from "effect"

/** Event loop figures of the last half second. */
export interface LoopFacts {
  /** How late the timer of the last half second fired, in seconds. */
  readonly lag: number
  /** Share of time in which the loop was busy, 0 to 1. */
  readonly utilization: number
}

const periodMillis = 500
const LAG = 0
const UTILIZATION = 1

/** Reads the figures that `meterLoop` wrote. */
export const loopFacts = (cell: Float64Array): LoopFacts => ({
  lag: cell[LAG] ?? 0,
  utilization: cell[UTILIZATION] ?? 0
})

/**
 * The busy share of `active` and `idle`. Node counts a sleep inside the native transport as active, so `idleMillis` is
 * subtracted.
 */
const busyShare = (active: number, idle: number, idleMillis: number): number =>
  active + idle > 0 ? Math.min(1, Math.max(0, (active - idleMillis) / (active + idle))) : 0

/**
 * Measures this thread's event loop while the scope is open; does not keep the thread alive. `idleMillis`: the total time, in
 * milliseconds, that the thread has slept inside the native transport, where Node's idle time does not include it.
 */
export const meterLoop = (
  cell: Float64Array,
  idleMillis: () => number = () => 0
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        let last = performance.eventLoopUtilization()
        let idleMillisBefore = idleMillis()
        let due = performance.now() + periodMillis
        const timer = setInterval(() => {
          const now = performance.now()
          const next = performance.eventLoopUtilization()
          cell[LAG] = Math.max(0, now - due) / 1000
          const idleMillisNow = idleMillis()
          const { active, idle } = performance.eventLoopUtilization(next, last)
          cell[UTILIZATION] = busyShare(active, idle, idleMillisNow - idleMillisBefore)
          last = next
          idleMillisBefore = idleMillisNow
          due = now + periodMillis
        }, periodMillis)
        timer.unref()
        return timer
      }),
      (timer) => Effect.sync(() => clearInterval(timer))
    )
  )
