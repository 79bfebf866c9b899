import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { shared } from "../../src/status/SharedCheck.ts"

describe("shared", () => {
  it.effect("runs once for all who ask meanwhile, and anew afterwards", () =>
    Effect.gen(function* () {
      let runs = 0
      const gate = yield* Deferred.make<void>()
      const work = shared(
        Effect.gen(function* () {
          const run = ++runs
          yield* Deferred.await(gate)
          return run
        })
      )
      const waiting = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(work, { startImmediately: true }))
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual(yield* Effect.forEach(waiting, Fiber.join), [1, 1, 1])
      assert.strictEqual(yield* work, 2)
    })
  )

  it.effect("is interrupted when the last one no longer waits, not before", () =>
    Effect.gen(function* () {
      let interrupted = 0
      const work = shared(Effect.onInterrupt(Effect.never, () => Effect.sync(() => void interrupted++)))
      const [first, second] = yield* Effect.all([
        Effect.forkChild(work, { startImmediately: true }),
        Effect.forkChild(work, { startImmediately: true })
      ])
      yield* Effect.yieldNow
      yield* Fiber.interrupt(first)
      assert.strictEqual(interrupted, 0)
      yield* Fiber.interrupt(second)
      assert.strictEqual(interrupted, 1)
    })
  )

  it.effect("passes failures on", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(shared(Effect.fail("no"))), "no")
    })
  )
})
