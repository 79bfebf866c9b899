import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makePace } from "../../src/profiling/Window.ts"

describe("makePace", () => {
  it.effect("does one piece of work at a time, and pauses as long as it took, up to a second", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const pace = makePace()
      const work = (name: string, seconds: number) =>
        pace(
          Effect.gen(function* () {
            events.push(`${name} begins`)
            yield* Effect.sleep(`${seconds} seconds`)
            events.push(`${name} ends`)
          })
        )
      yield* Effect.forkChild(work("a", 0.5), { startImmediately: true })
      yield* Effect.forkChild(work("b", 10), { startImmediately: true })
      yield* Effect.forkChild(work("c", 1), { startImmediately: true })
      assert.deepStrictEqual(events, ["a begins"])
      yield* TestClock.adjust("0.9 seconds")
      assert.deepStrictEqual(events, ["a begins", "a ends"])
      yield* TestClock.adjust("0.1 seconds")
      assert.deepStrictEqual(events, ["a begins", "a ends", "b begins"])
      yield* TestClock.adjust("10.9 seconds")
      assert.deepStrictEqual(events.slice(3), ["b ends"])
      yield* TestClock.adjust("0.1 seconds")
      assert.deepStrictEqual(events.slice(3), ["b ends", "c begins"])
    })
  )

  it.effect("goes on after work that was interrupted, before or after it began", () =>
    Effect.gen(function* () {
      const pace = makePace()
      const running = yield* Effect.forkChild(pace(Effect.never), { startImmediately: true })
      const waiting = yield* Effect.forkChild(pace(Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(running)
      assert.strictEqual(yield* pace(Effect.succeed(1)), 1)
    })
  )
})
