/** Changes in two steps: everything that takes part prepares, and only when all have succeeded does anything change. */
import { Effect, Exit, Scope } from "effect"

/** A change that is ready and has had no effect yet. Leaving the scope it was prepared in without `commit` discards it. */
export interface Prepared {
  /** Makes the change. */
  readonly commit: Effect.Effect<void>
}

/** A value that owns resources and is replaced as a whole. */
export interface Replaceable<A> {
  readonly get: () => A
  /** Acquires the next value. `commit` makes it current and releases the one before. */
  readonly prepare: <E, R>(
    acquire: Effect.Effect<A, E, R | Scope.Scope>
  ) => Effect.Effect<Prepared, E, Exclude<R, Scope.Scope> | Scope.Scope>
}

/** Acquires the first value. The current value is released with the scope. */
export const makeReplaceable = Effect.fnUntraced(function* <A, E, R>(first: Effect.Effect<A, E, R | Scope.Scope>) {
  let scope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => Effect.suspend(() => Scope.close(scope, exit)))
  let current = yield* Scope.provide(first, scope)
  const replaceable: Replaceable<A> = {
    get: () => current,
    prepare: (acquire) =>
      Effect.gen(function* () {
        const next = yield* Scope.make()
        let committed = false
        yield* Effect.addFinalizer((exit) => (committed ? Effect.void : Scope.close(next, exit)))
        const value = yield* Scope.provide(acquire, next)
        return {
          commit: Effect.suspend(() => {
            if (committed) return Effect.void
            committed = true
            const before = scope
            scope = next
            current = value
            return Scope.close(before, Exit.void)
          })
        }
      })
  }
  return replaceable
})
