/**
 * What the handshakes of a tunnel use, as one immutable value, and its replacement: everything that takes part prepares the
 * next generation, and only if all succeed does any of them switch to it.
 */
import { Effect, type Scope } from "effect"
import type { Credentials } from "../credentials/Credentials.ts"
import type { LoadedList } from "../credentials/ListSources.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Prepared } from "../runtime/Replaceable.ts"

export interface Generation {
  /** Its `generation` counts up with every change. */
  readonly material: TlsMaterial
  /** The revocation lists in the material, with their origins. */
  readonly lists: ReadonlyArray<LoadedList>
}

/** The generation that this material and the lists loaded with it make. */
export const generationOf = (material: TlsMaterial, { lists }: Pick<Credentials["Service"], "lists">): Generation => ({
  material,
  lists: lists()
})

/** Whatever uses a generation: the main thread's own TLS, the status port, each thread of the data plane. */
export interface Participant {
  /** Makes everything of the next generation that can fail, and changes nothing. */
  readonly prepare: (generation: Generation) => Effect.Effect<Prepared, { readonly message: string }, Scope.Scope>
}

/**
 * Puts a generation into use everywhere, then calls `committed`; or changes nothing anywhere and fails with the first reason.
 * Participants prepare in their order, which decides whose reason that is.
 */
export const putIntoUse = (
  participants: ReadonlyArray<Participant>,
  generation: Generation,
  committed: (generation: Generation) => void
): Effect.Effect<void, { readonly message: string }> =>
  Effect.scoped(
    Effect.gen(function* () {
      const prepared = yield* Effect.forEach(participants, (each) => each.prepare(generation))
      yield* Effect.uninterruptible(
        Effect.andThen(
          Effect.forEach(prepared, ({ commit }) => commit, { discard: true }),
          Effect.sync(() => committed(generation))
        )
      )
    })
  )
