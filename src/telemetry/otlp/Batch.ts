/** Things on their way out, in order and in batches. What waits is bounded: further things are dropped and counted. */
import { Duration, Effect, Latch, type Scope, Semaphore } from "effect"
import { PushError } from "./Collector.ts"
import type { BatchSettings } from "./Settings.ts"
import type { SignalLog } from "./SignalLog.ts"

export interface Batch<A> {
  /** Cheap, and does not throw. */
  readonly push: (item: A) => void
  /** Sends what waits, once; leaves it at that where it fails. */
  readonly flush: Effect.Effect<void>
}

/** Between attempts, while they fail; doubled from the first to the last. */
const shortest = 1000
const longest = 30_000

/**
 * Sends every interval, or when a batch is full, while its scope is open. What fails for a while is tried again with growing
 * pauses, what a collector refuses for good is dropped and counted.
 */
export const make = Effect.fnUntraced(function* <A>(
  { batchSize, interval, limit }: Pick<BatchSettings, "batchSize" | "interval" | "limit">,
  send: (items: ReadonlyArray<A>) => Effect.Effect<void, PushError>,
  log: SignalLog
): Effect.fn.Return<Batch<A>, never, Scope.Scope> {
  const waiting: Array<A> = []
  const full = Latch.makeUnsafe()
  const alone = Semaphore.makeUnsafe(1)

  /** One batch; succeeds with how long to wait before the next attempt, where there has to be one. */
  const once: Effect.Effect<Duration.Duration | undefined> = Effect.suspend(() => {
    const items = waiting.slice(0, batchSize)
    return Effect.suspend(() => send(items)).pipe(
      // A defect of ours must not end the pushes without a word.
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
