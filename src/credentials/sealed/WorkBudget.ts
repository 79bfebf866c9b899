/** How much hashing a file may demand: its iteration counts are its own, and a start or a reload must come to an end. */
import { Effect } from "effect"
import { Unreadable } from "./SealedFailure.ts"

/**
 * Iterations of one file, all its derivations together: half a minute at worst, and a thousand times what tools write.
 * It is also the most that JCEKS allows (docs/compatibility/credentials.md, 1.5).
 */
export const iterationLimit = 10_000_000

/** What is left of a file's iterations. */
export class WorkBudget {
  #left = iterationLimit

  /** Takes this many iterations away, or fails when there are not that many. */
  spend(iterations: number): Effect.Effect<void, Unreadable> {
    return Effect.suspend(() => {
      this.#left -= iterations
      return this.#left >= 0
        ? Effect.void
        : Effect.fail(
            new Unreadable({
              reason: `key derivation takes more than ${iterationLimit} iterations, which is the limit`
            })
          )
    })
  }
}

const slice = 4096

/** Applies `step` so many times, and lets other fibers and sockets have their turn in between. */
export const repeat = (iterations: number, step: () => void): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let done = 0; done < iterations; ) {
      const stop = Math.min(done + slice, iterations)
      for (; done < stop; done++) step()
      if (done < iterations) yield* Effect.yieldNow
    }
  })
