/** What the pushers have in common: the beat, the time a push may take, and what the log hears of it. */
import { Cause, Duration, Effect } from "effect"
import { everyRun } from "./Ticker.ts"

/** One kind of push. */
export interface Push {
  /** Between the beginnings of two pushes; a push that takes longer delays the next one. */
  readonly interval: Duration.Duration
  /** After this a push is given up. */
  readonly timeout: Duration.Duration
  /** Pushes the numbers as they stand, once; fails with what went wrong, in words that hold no secret. */
  readonly push: Effect.Effect<void, string>
  /** What a push that took too long is said to have failed with. */
  readonly tooLate: string
  /** Where the numbers go, for the line that says that they arrive again. */
  readonly to: string
  readonly log: (line: string) => void
}

/**
 * Pushes for ever, first after one interval; nothing is kept of a push that failed. The log gets one line when pushes begin
 * to fail and one when they work again. An interval that is not positive means never.
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
        // A defect of ours must not end the pushes without a word.
        const error = Cause.squash(cause)
        return Effect.sync(() => failed(typeof error === "string" ? error : `internal error: ${String(error)}`))
      }
    })
  )
  return everyRun(seconds, once)
}
