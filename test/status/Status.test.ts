import { assert, describe, it } from "@effect/vitest"
import { Effect, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { message, Status } from "../../src/status/Status.ts"

describe("Status", () => {
  it.effect("goes through the states of the Go program", () =>
    Effect.gen(function* () {
      const status = yield* Status
      const look = Effect.map(
        SubscriptionRef.get(status.state),
        (state) => [message(state), state.listening, state.lastReload] as const
      )
      assert.deepStrictEqual(yield* look, ["initializing", false, undefined])
      yield* status.listening
      assert.deepStrictEqual(yield* look, ["listening", true, undefined])
      yield* TestClock.adjust("5 seconds")
      yield* status.reloading
      // Its start counts, and the tunnel goes on listening.
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* look, ["reloading", true, 5000])
      yield* status.reloaded
      assert.deepStrictEqual(yield* look, ["listening", true, 5000])
      yield* status.reloading
      assert.deepStrictEqual(yield* look, ["reloading", true, 6000])
      yield* status.stopping
      assert.deepStrictEqual(yield* look, ["stopping", true, 6000])
      // Terminal.
      yield* TestClock.adjust("1 second")
      for (const later of [status.reloading, status.reloaded, status.listening]) {
        yield* later
        assert.deepStrictEqual(yield* look, ["stopping", true, 6000])
      }
    }).pipe(Effect.provide(Status.layer))
  )

  it("is initializing while a reload that came too early goes on, but for the message", () => {
    const state = { listening: false, reloading: true, stopping: false, lastReload: 1 }
    assert.strictEqual(message(state), "reloading")
    assert.strictEqual(message({ ...state, stopping: true }), "stopping")
  })
})
