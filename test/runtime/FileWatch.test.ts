import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue } from "effect"
import { TestClock } from "effect/testing"
import * as FileWatch from "../../src/runtime/FileWatch.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"

/** Files whose state the test says, and the requests that come of it. */
const watched = Effect.gen(function* () {
  const files = { now: "0", read: "0" }
  const layer = FileWatch.layer({ now: Effect.sync(() => files.now), read: () => files.read })
  const { reloads } = yield* Lifecycle
  yield* Layer.build(layer)
  const request = yield* Effect.forkChild(Queue.take(reloads), { startImmediately: true })
  return { files, reloads, request, asked: () => request.pollUnsafe() !== undefined }
})

const provided = Effect.provide(Lifecycle.layerManual)

describe("FileWatch", () => {
  it.effect("asks for nothing while nothing changes", () =>
    Effect.gen(function* () {
      const { asked } = yield* watched
      yield* TestClock.adjust("1 hour")
      assert.isFalse(asked())
    }).pipe(Effect.scoped, provided)
  )

  it.effect("asks once for a change, within two seconds", () =>
    Effect.gen(function* () {
      const { files, reloads, request } = yield* watched
      yield* TestClock.adjust("10 seconds")
      files.now = "1"
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(request), { _tag: "FilesChanged" })
      files.read = "1"
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* Queue.size(reloads), 0)
    }).pipe(Effect.scoped, provided)
  )

  it.effect("waits until files hold still, but not longer than two seconds", () =>
    Effect.gen(function* () {
      const { asked, files } = yield* watched
      let waited = 0
      for (; !asked() && waited < 10_000; waited += 100) {
        files.now = `written at ${waited}`
        yield* TestClock.adjust("100 millis")
      }
      assert.isAtLeast(waited, 1000)
      assert.isAtMost(waited, 2000)
    }).pipe(Effect.scoped, provided)
  )

  it.effect("does not ask when somebody else has reloaded meanwhile", () =>
    Effect.gen(function* () {
      const { asked, files } = yield* watched
      files.now = "1"
      yield* TestClock.adjust("600 millis")
      files.read = "1"
      yield* TestClock.adjust("1 hour")
      assert.isFalse(asked())
    }).pipe(Effect.scoped, provided)
  )

  it.effect("leaves a request that waits already what it is", () =>
    Effect.gen(function* () {
      const files = { now: "0", read: "0" }
      const { reloads } = yield* Lifecycle
      yield* Layer.build(FileWatch.layer({ now: Effect.sync(() => files.now), read: () => files.read }))
      // Of a signal, whose log line somebody waits for; that reload will read the changed files.
      const waiting = { _tag: "Signal", name: "hangup" } as const
      Queue.offerUnsafe(reloads, waiting)
      files.now = "1"
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Queue.size(reloads), 1)
      assert.deepStrictEqual(yield* Queue.take(reloads), waiting)
      // Until it has read them, they ask for themselves.
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Queue.take(reloads), { _tag: "FilesChanged" })
    }).pipe(Effect.scoped, provided)
  )

  it.effect("asks again for the next change after a reload that failed", () =>
    Effect.gen(function* () {
      const { files, reloads, request } = yield* watched
      files.now = "certificate"
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(request)
      files.read = "certificate"
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Queue.size(reloads), 0)
      files.now = "certificate and key"
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Queue.size(reloads), 1)
    }).pipe(Effect.scoped, provided)
  )
})
