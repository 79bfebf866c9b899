import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"
import * as FileWatch from "../../src/runtime/FileWatch.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"

/** Files whose state the test says, and the requests that come of it. */
const watched = Effect.gen(function* () {
  const files = { now: "0", read: "0", failed: false }
  const { reloads } = yield* Lifecycle
  yield* FileWatch.watch({
    now: Effect.sync(() => files.now),
    read: () => files.read,
    hasFailed: () => files.failed
  })
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

  it.effect("requests no reload if another one has happened meanwhile", () =>
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
      const now = Effect.sync(() => files.now)
      yield* FileWatch.watch({ now, read: () => files.read, hasFailed: () => false })
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

  it.effect("asks for the next change after a reload that failed", () =>
    Effect.gen(function* () {
      const { files, reloads, request } = yield* watched
      files.now = "certificate"
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(request)
      files.read = "certificate"
      files.failed = true
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Queue.size(reloads), 0)
      files.now = "certificate and key"
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Queue.take(reloads), { _tag: "FilesChanged" })
    }).pipe(Effect.scoped, provided)
  )

  it.effect("asks again after a reload that failed, less and less often, until one succeeds", () =>
    Effect.gen(function* () {
      const { files, reloads, request } = yield* watched
      yield* Fiber.interrupt(request)
      /** Seconds after which each request of so long a time came. */
      const asked = Effect.fnUntraced(function* (seconds: number) {
        const when: Array<number> = []
        for (let second = 1; second <= seconds; second++) {
          yield* TestClock.adjust("1 second")
          for (const each of yield* Queue.clear(reloads)) {
            assert.deepStrictEqual(each, { _tag: "Retry" })
            when.push(second)
          }
        }
        return when
      })
      files.failed = true
      assert.deepStrictEqual(yield* asked(250), [2, 6, 14, 30, 62, 122, 182, 242])
      files.failed = false
      assert.deepStrictEqual(yield* asked(250), [])
      files.failed = true
      assert.deepStrictEqual(yield* asked(10), [2, 6])
      // Another change, which failed too: as after the first.
      files.now = "1"
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Queue.take(reloads), { _tag: "FilesChanged" })
      files.read = "1"
      assert.deepStrictEqual(yield* asked(10), [2, 6])
    }).pipe(Effect.scoped, provided)
  )
})
