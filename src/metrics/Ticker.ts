/** Periodic work on Effect's clock. */
import { Clock, Effect } from "effect"

/**
 * Runs `action` every `seconds`, first after one period, forever. Due times are fixed on the monotonic clock, so a sleep that
 * ends early or late does not shift them. Runs missed while the thread or the action was busy are skipped.
 */
export const everyRun = (seconds: number, action: Effect.Effect<void>): Effect.Effect<never> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e9
    // At least one millisecond: a shorter sleep would spin.
    const period = Math.max(seconds, 0.001)
    let due = now() + period
    while (true) {
      yield* Effect.sleep(Math.max(1, (due - now()) * 1e3))
      yield* action
      due += Math.max(1, Math.ceil((now() - due) / period)) * period
    }
  })

/** Like `everyRun`, for a synchronous action. */
export const every = (seconds: number, action: () => void): Effect.Effect<never> =>
  everyRun(seconds, Effect.sync(action))
