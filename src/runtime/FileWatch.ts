/**
 * Asks for a reload when files have changed, and again when that failed. Looks at them at intervals: no kind of link, mount
 * or rename escapes that.
 */
import { Duration, Effect, Layer, Queue } from "effect"
import { Lifecycle, type ReloadRequest } from "./Lifecycle.ts"

/** Files that somebody has read. */
export interface WatchedFiles {
  /** The state they are in now. */
  readonly now: Effect.Effect<string>
  /** The state they were in when they were last read, successfully or not. */
  readonly read: () => string
  /** Whether what was last read could not be used. */
  readonly hasFailed: () => boolean
}

const interval = Duration.millis(500)
/** A change counts once the files have held still for so long, .. */
const quiet = Duration.millis(250)
/** .. or have been restless for so many times as long. */
const patience = 4
/** Looks from a failure to the next try: two seconds, then twice as many each time, .. */
const firstPause = 4
/** .. up to a minute. */
const longestPause = 120

const settled = Effect.fnUntraced(function* (files: WatchedFiles) {
  let last = yield* files.now
  for (let round = 0; round < patience && last !== files.read(); round++) {
    yield* Effect.sleep(quiet)
    const next = yield* files.now
    if (next === last) return
    last = next
  }
})

/**
 * Watches while its scope is open. A change is asked for within two seconds, and those that come together only once. After
 * a reload that failed, whoever asked for it, another one is asked for until one succeeds: what made it fail (no descriptor
 * left, a disk that was away) need not show in the files.
 */
export const layer = (files: WatchedFiles): Layer.Layer<never, never, Lifecycle> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { reloads } = yield* Lifecycle
      const ask = (request: ReloadRequest): void => {
        if (Queue.sizeUnsafe(reloads) === 0) Queue.offerUnsafe(reloads, request)
      }
      let pause = firstPause
      let looks = 0
      const look = Effect.gen(function* () {
        yield* Effect.sleep(interval)
        const isChanged = (yield* files.now) !== files.read()
        if (isChanged || !files.hasFailed()) {
          pause = firstPause
          looks = 0
        } else if (++looks >= pause) {
          pause = Math.min(2 * pause, longestPause)
          looks = 0
          ask({ _tag: "Retry" })
        }
        if (!isChanged) return
        yield* settled(files)
        if ((yield* files.now) !== files.read()) ask({ _tag: "FilesChanged" })
      })
      yield* Effect.forkScoped(Effect.forever(look))
    })
  )
