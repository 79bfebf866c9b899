/** Asks for a reload when files have changed. Looks at them at intervals: no kind of link, mount or rename escapes that. */
import { Duration, Effect, Layer, Queue } from "effect"
import { Lifecycle } from "./Lifecycle.ts"

/** Files that somebody has read. */
export interface WatchedFiles {
  /** The state they are in now. */
  readonly now: Effect.Effect<string>
  /** The state they were in when they were last read, successfully or not. */
  readonly read: () => string
}

const interval = Duration.millis(500)
/** A change counts once the files have held still for so long, .. */
const quiet = Duration.millis(250)
/** .. or have been restless for so many times as long. */
const patience = 4

const settled = Effect.fnUntraced(function* (files: WatchedFiles) {
  let last = yield* files.now
  for (let round = 0; round < patience && last !== files.read(); round++) {
    yield* Effect.sleep(quiet)
    const next = yield* files.now
    if (next === last) return
    last = next
  }
})

/** Watches while its scope is open; a change is asked for within two seconds, and those that come together only once. */
export const layer = (files: WatchedFiles): Layer.Layer<never, never, Lifecycle> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { reloads } = yield* Lifecycle
      const look = Effect.gen(function* () {
        yield* Effect.sleep(interval)
        if ((yield* files.now) === files.read()) return
        yield* settled(files)
        if ((yield* files.now) !== files.read() && Queue.sizeUnsafe(reloads) === 0) {
          Queue.offerUnsafe(reloads, { _tag: "FilesChanged" })
        }
      })
      yield* Effect.forkScoped(Effect.forever(look))
    })
  )
