import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { makeReplaceable } from "../../src/runtime/Replaceable.ts"

/** Values that note when they are acquired and released. */
const values = () => {
  const seen: Array<string> = []
  const value = (name: string) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        seen.push(`+${name}`)
        return name
      }),
      () => Effect.sync(() => void seen.push(`-${name}`))
    )
  return { seen, value }
}

describe("a replaceable value", () => {
  it.effect("is replaced by commit alone, which releases the one before", () =>
    Effect.gen(function* () {
      const { seen, value } = values()
      const scope = yield* Scope.make()
      const current = yield* Scope.provide(makeReplaceable(value("a")), scope)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { commit } = yield* current.prepare(value("b"))
          assert.strictEqual(current.get(), "a")
          yield* commit
          assert.strictEqual(current.get(), "b")
        })
      )
      assert.deepStrictEqual(seen, ["+a", "+b", "-a"])
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(seen, ["+a", "+b", "-a", "-b"])
    })
  )

  it.effect("discards what was prepared and not committed", () =>
    Effect.gen(function* () {
      const { seen, value } = values()
      const current = yield* makeReplaceable(value("a"))
      yield* Effect.scoped(current.prepare(value("b")))
      assert.deepStrictEqual([current.get(), seen], ["a", ["+a", "+b", "-b"]])
    }).pipe(Effect.scoped)
  )

  it.effect("releases what was acquired before the next value failed", () =>
    Effect.gen(function* () {
      const { seen, value } = values()
      const current = yield* makeReplaceable(value("a"))
      const failing = Effect.andThen(value("b"), Effect.fail("no"))
      assert.strictEqual(yield* Effect.flip(Effect.scoped(current.prepare(failing))), "no")
      assert.deepStrictEqual([current.get(), seen], ["a", ["+a", "+b", "-b"]])
    }).pipe(Effect.scoped)
  )
})
