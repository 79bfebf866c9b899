import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Scheduler } from "effect"
import { FiberWatch, frameOf } from "../../src/profiling/FiberWatch.ts"
import { asFiber, FiberSubject } from "../../src/profiling/ProfiledThread.ts"

const hold = Effect.fn("Test.hold")(function* (latch: Deferred.Deferred<void>, begun: Deferred.Deferred<void>) {
  yield* Deferred.succeed(begun, undefined)
  yield* Deferred.await(latch)
})

const watched = <A, E>(use: (watch: FiberWatch) => Effect.Effect<A, E>) =>
  Effect.suspend(() => {
    const watch = new FiberWatch()
    return Effect.provideService(use(watch), Scheduler.Scheduler, watch)
  })

describe("the watch on fibers", () => {
  it.effect("sees every fiber that waits, and none that has ended", () =>
    watched((watch) =>
      Effect.gen(function* () {
        yield* Effect.yieldNow
        const before = watch.dump()
        assert.deepStrictEqual(
          before.map(({ state }) => state),
          [["running"]]
        )
        const latch = yield* Deferred.make<void>()
        const fibers = yield* Effect.forEach([1, 2, 3], () =>
          Effect.gen(function* () {
            const begun = yield* Deferred.make<void>()
            const fiber = yield* Effect.forkChild(hold(latch, begun))
            yield* Deferred.await(begun)
            return fiber
          })
        )
        const during = watch.dump()
        assert.strictEqual(during.length, 4)
        for (const { id, stack, state } of during.slice(1)) {
          assert.isTrue(fibers.some((fiber) => fiber.id === id))
          assert.deepStrictEqual(state, ["suspended"])
          assert.strictEqual(stack[0]?.name, "Test.hold")
          assert.match(stack[0]?.url ?? "", /FiberWatch\.test\.ts/)
        }
        yield* Deferred.succeed(latch, undefined)
        yield* Effect.forEach(fibers, Fiber.join)
        assert.deepStrictEqual(
          watch.dump().map(({ id }) => id),
          before.map(({ id }) => id)
        )
      })
    )
  )

  it.effect("forgets fibers that were interrupted or failed", () =>
    watched((watch) =>
      Effect.gen(function* () {
        const stuck = yield* Effect.forkChild(Effect.never)
        const failing = yield* Effect.forkChild(Effect.fail("no"))
        yield* Effect.exit(Fiber.join(failing))
        assert.strictEqual(watch.dump().length, 2)
        yield* Fiber.interrupt(stuck)
        assert.strictEqual(watch.dump().length, 1)
      })
    )
  )

  it.effect("tells what a fiber is busy with at the moment of looking", () =>
    watched((watch) =>
      Effect.gen(function* () {
        let stage = "dial"
        const subject = () => ({ name: `Connection.${stage}`, words: [stage, "peer=x"] })
        yield* Effect.forkChild(Effect.provideService(Effect.never, FiberSubject, subject), { startImmediately: true })
        yield* Effect.forkChild(asFiber("Test.loop")(Effect.never), { startImmediately: true })
        stage = "copy"
        const [, connection, loop] = watch.dump()
        assert.deepStrictEqual(connection?.state, ["suspended", "copy", "peer=x"])
        assert.strictEqual(connection?.stack[0]?.name, "Connection.copy")
        assert.strictEqual(loop?.stack[0]?.name, "Test.loop")
      })
    )
  )
})

describe("a frame of an effect", () => {
  it.each([
    ["at f (file:///d/x.mjs:1:23)", "file:///d/x.mjs", 1, 22],
    ["    at file:///d/x.mjs:12:3", "file:///d/x.mjs", 12, 2],
    ["at async f (/d/x.ts:4:5)", "/d/x.ts", 4, 4],
    ["at node:internal/x:7:8", "node:internal/x", 7, 7]
  ])("%s", (stack, url, line, column) => {
    assert.deepStrictEqual(frameOf("named", stack), { name: "named", given: true, url, line, column })
  })

  it.each([undefined, "", "at f (<anonymous>)"])("without a place: %s", (stack) => {
    assert.deepStrictEqual(frameOf("named", stack), { name: "named", given: true, url: "", line: 0, column: 0 })
  })
})
