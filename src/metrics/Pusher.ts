/** The push loop shared by all pushers: interval, timeout and logging. */
import { Cause, Duration, Effect } from "effect"
import { everyRun } from "./Ticker.ts"

/** One kind of push. */
export interface Push {
  /** Between the starts of two pushes; a push that takes longer delays the next one. */
  readonly interval: Duration.Duration
  /** A push that takes longer is cancelled. */
  readonly timeout: Duration.Duration
  /** Pushes the current metrics once. The error text contains no secret. */
  readonly push: Effect.Effect<void, string>
  /** The error logged for a push that exceeds `timeout`. */
  readonly tooLate: string
  /** The receiver, for the line that logs the recovery. */
  readonly to: string
  readonly log: (line: string) => void
}

/**
 * Pushes forever, first after one interval; a failed push is not retried. Logs one line when pushes begin to fail and one
 * when they succeed again. With a zero or negative interval, does nothing.
 */
export const pushing = (options: Push): Effect.Effect<void> => {
  const seconds = Duration.toMillis(options.interval) / 1e3
  if (seconds <= 0) return Effect.void
  let failing = false
  const failed = (why: string) => {
    if (!failing) options.log(`error reporting metrics: ${why}`)
    failing = true
  }
  const once = options.push.pipe(
    Effect.timeoutOrElse({ duration: options.timeout, orElse: () => Effect.fail(options.tooLate) }),
    Effect.matchCauseEffect({
      onSuccess: () =>
        Effect.sync(() => {
          if (failing) options.log(`reporting metrics again to ${options.to}`)
          failing = false
        }),
      onFailure: (cause) => {
        if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
        // Log a bug in the pusher too; it must not end the loop silently.
        const error = Cause.squash(cause)
        return Effect.sync(() => failed(typeof error === "string" ? error : `internal error: ${String(error)}`))
      }
    })
  )
  return everyRun(seconds, once)
}
