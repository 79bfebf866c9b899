/** Shares one run of an effect among concurrent callers. */
import { Deferred, Effect, Exit, Fiber } from "effect"

/** The same effect, run once for all callers that arrive while it runs; interrupted when the last caller stops waiting. */
export const shared = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let running: { readonly result: Deferred.Deferred<A, E>; readonly fiber: Fiber.Fiber<A, E> } | undefined
  let waiting = 0

  const begin = Effect.gen(function* () {
    const result = Deferred.makeUnsafe<A, E>()
    const fiber = yield* Effect.interruptible(work).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (running?.result === result) running = undefined
          Deferred.doneUnsafe(result, exit)
        })
      ),
      Effect.forkDetach
    )
    running = { result, fiber }
    waiting = 0
    return running
  })

  return Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const mine = running ?? (yield* begin)
      waiting++
      return yield* Effect.onExit(restore(Deferred.await(mine.result)), (exit) =>
        Effect.suspend(() => {
          if (running !== mine || --waiting > 0 || Exit.isSuccess(exit)) return Effect.void
          running = undefined
          return Effect.asVoid(Fiber.interrupt(mine.fiber))
        })
      )
    })
  )
}
