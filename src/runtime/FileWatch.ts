/**
 * Requests a reload when files have changed, and again after a failed reload. Polls the files, which works for every kind of
 * link, mount or rename.
 */
import { Duration, Effect, Queue, type Scope } from "effect"
import { Lifecycle, type ReloadRequest } from "./Lifecycle.ts"

/** Files to watch. */
export interface WatchedFiles {
  /** Their current state. */
  readonly now: Effect.Effect<string>
  /** Their state when they were last read, successfully or not. */
  readonly read: () => string
  /** Whether the last reload failed. */
  readonly hasFailed: () => boolean
}

const interval = Duration.millis(500)
/** A change counts once the files have been unchanged for this long, .. */
const quiet = Duration.millis(250)
/** .. or have kept changing for this many times as long. */
const patience = 4
/** Polls from a failure to the first retry: two seconds, doubled after each further failure, .. */
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
 * Watches while its scope is open. Requests a reload within two seconds of a change, once for changes that come together.
 * After a failed reload, whatever requested it, retries until one succeeds: the cause (no free descriptor, an absent disk)
 * need not show in the files.
 */
export const watch = (files: WatchedFiles): Effect.Effect<void, never, Lifecycle | Scope.Scope> =>
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
