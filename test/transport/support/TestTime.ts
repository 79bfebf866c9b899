/** Time that passes only when a test says so, for limits that a stall of the machine must not reach. Sockets stay real. */
import { Effect, Fiber, type Scope } from "effect"
import { vi } from "vitest"

/** Stops the transport's timers and its clock until the scope ends. */
export const stopTime: Effect.Effect<void, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })),
  () =>
    Effect.sync(() => {
      // The timer that distant deadlines share would else wait for ever, also for files that share this process.
      vi.runOnlyPendingTimers()
      vi.useRealTimers()
    })
)

/** Lets so many milliseconds pass; what falls due runs, and sockets get their turns in between. */
export const pass = (millis: number): Effect.Effect<void> =>
  Effect.promise(async () => void (await vi.advanceTimersByTimeAsync(millis)))

/** One turn of the event loop. */
export const turn: Effect.Effect<void> = Effect.callback((resume) => void setImmediate(() => resume(Effect.void)))

/** Lets time pass, `step` milliseconds after each turn of the loop, until the fiber ends. */
export const passUntil = <A, E>(fiber: Fiber.Fiber<A, E>, step = 10): Effect.Effect<A, E> =>
  Effect.gen(function* () {
    while (fiber.pollUnsafe() === undefined) {
      yield* turn
      yield* pass(step)
    }
    return yield* Fiber.join(fiber)
  })

/** Lets the loop turn, without any time passing, until the condition holds. */
export const turnUntil = (condition: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (!condition()) yield* turn
  })
