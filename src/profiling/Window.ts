/** Measurements for a period of time. Each one ends, also after its caller has gone. */
import { Clock, Data, Duration, Effect, Semaphore } from "effect"

/** A profile that cannot be taken now; the message is the whole reply. */
export class ProfilingError extends Data.TaggedError("ProfilingError")<{ readonly message: string }> {}

/** Begins, waits, ends, and gives what the end gives. An interruption ends it early. */
export const during = <S, A, E>(
  seconds: number,
  begin: Effect.Effect<S, E>,
  end: (begun: S) => Effect.Effect<A>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    let running = true
    return Effect.acquireUseRelease(
      begin,
      (begun) =>
        Effect.andThen(
          Effect.sleep(Duration.seconds(seconds)),
          Effect.suspend(() => {
            running = false
            return end(begun)
          })
        ),
      (begun) => (running ? Effect.asVoid(end(begun)) : Effect.void)
    )
  })

/** Places for so many at a time. */
export interface Places {
  /** Runs in a place of its own, or gives `full` where there is none. */
  readonly hold: <A, E, R>(use: Effect.Effect<A, E, R>, full: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const makePlaces = (count: number): Places => {
  let used = 0
  return {
    hold: (use, full) =>
      Effect.acquireUseRelease(
        Effect.sync(() => used < count && ++used > 0),
        (taken) => (taken ? use : full),
        (taken) => Effect.sync(() => taken && used--)
      )
  }
}

/** Longest pause between two pieces of work; milliseconds. */
const longestPause = 1000

/**
 * Runs one piece of work at a time, with a pause after each that is as long as the work took, up to a second: half of the
 * thread's time is left for everything else, however many ask.
 */
export const makePace = (): (<A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) => {
  const turn = Semaphore.makeUnsafe(1)
  const pause = Effect.fnUntraced(function* (began: number) {
    const took = (yield* Clock.currentTimeMillis) - began
    if (took > 0) yield* Effect.sleep(Duration.millis(Math.min(took, longestPause)))
    yield* turn.release(1)
  })
  return (work) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        yield* restore(turn.take(1))
        const began = yield* Clock.currentTimeMillis
        return yield* Effect.onExit(restore(work), () => Effect.asVoid(Effect.forkDetach(pause(began))))
      })
    )
}

/** Something only one may have. */
export interface Lock {
  readonly taken: () => boolean
  /** Runs with the lock, or fails with the message while another request has it. */
  readonly hold: <A>(use: Effect.Effect<A, ProfilingError>) => Effect.Effect<A, ProfilingError>
}

export const makeLock = (message: string): Lock => {
  let taken = false
  return {
    taken: () => taken,
    hold: (use) =>
      Effect.acquireUseRelease(
        Effect.suspend(() =>
          taken ? Effect.fail(new ProfilingError({ message })) : Effect.sync(() => (taken = true))
        ),
        () => use,
        () => Effect.sync(() => (taken = false))
      )
  }
}
