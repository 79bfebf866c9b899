/** A bounded queue that sends items in order and in batches. Items that do not fit are dropped and counted. */
import { Duration, Effect, Latch, type Scope, Semaphore } from "effect"
import { PushError } from "./Collector.ts"
import type { BatchSettings } from "./Settings.ts"
import type { SignalLog } from "./SignalLog.ts"

export interface Batch<A> {
  /** Cheap, and does not throw. */
  readonly push: (item: A) => void
  /** Sends all pending items once; stops at the first failure. */
  readonly flush: Effect.Effect<void>
}

/** Pause before a retry, milliseconds: doubled after each failure, from `shortest` on. */
const shortest = 1000
const longest = 30_000

/**
 * Sends every interval, and at once when a batch is full, while its scope is open. Transient failures are retried with
 * backoff; a batch that the collector rejects for good is dropped and counted.
 */
export const make = Effect.fnUntraced(function* <A>(
  { batchSize, interval, limit }: Pick<BatchSettings, "batchSize" | "interval" | "limit">,
  send: (items: ReadonlyArray<A>) => Effect.Effect<void, PushError>,
  log: SignalLog
): Effect.fn.Return<Batch<A>, never, Scope.Scope> {
  const waiting: Array<A> = []
  const full = Latch.makeUnsafe()
  const alone = Semaphore.makeUnsafe(1)

  /** Sends one batch; succeeds with the pause before the next attempt, if one is needed. */
  const once: Effect.Effect<Duration.Duration | undefined> = Effect.suspend(() => {
    const items = waiting.slice(0, batchSize)
    return Effect.suspend(() => send(items)).pipe(
      // Log a bug in the encoder or sender too; it must not end the loop silently.
      Effect.catchDefect((defect) => new PushError({ message: `internal error: ${String(defect)}`, retry: undefined })),
      Effect.match({
        onSuccess: () => {
          waiting.splice(0, items.length)
          log.succeeded()
          return undefined
        },
        onFailure: ({ message, retry }) => {
          log.failed(message)
          if (retry !== undefined) return retry
          waiting.splice(0, items.length)
          log.lost(items.length)
          return undefined
        }
      })
    )
  })
  const all = Effect.gen(function* () {
    full.closeUnsafe()
    while (waiting.length > 0) {
      const retry = yield* once
      if (retry !== undefined) return retry
    }
    return undefined
  }).pipe(alone.withPermits(1))

  yield* Effect.gen(function* () {
    let pause = shortest
    while (true) {
      yield* Effect.timeoutOption(full.await, interval)
      let retry = yield* all
      while (retry !== undefined) {
        yield* Effect.sleep(Duration.max(retry, Duration.millis(pause)))
        pause = Math.min(pause * 2, longest)
        retry = yield* all
      }
      pause = shortest
    }
  }).pipe(Effect.forkScoped)

  return {
    push: (item) => {
      if (waiting.length >= limit) return log.overflowed(limit)
      waiting.push(item)
      if (waiting.length >= batchSize) full.openUnsafe()
    },
    flush: Effect.asVoid(all)
  }
})
