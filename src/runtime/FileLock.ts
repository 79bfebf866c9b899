/**
 * Exclusive locks between processes, each on a lock file that exists while a process holds or waits for it. Uses `flock`,
 * which the kernel releases when the process ends; without `node:ffi` it creates the file exclusively, and treats one that is
 * seconds old as abandoned. Hold a lock only briefly.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats, unlinkSync } from "node:fs"
import { Data, Effect, Result } from "effect"
import { loadNative, type NativeCalls } from "./Native.ts"

/** A held lock. */
export interface FileLock {
  readonly release: () => void
}

/** The lock could not be taken. `EADDRINUSE`: another process did not release it in time. */
export class FileLockError extends Data.TaggedError("FileLockError")<{
  readonly code: string
  readonly path: string
}> {}

/** Node's errno name of a thrown error. */
export const codeOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : "EIO"

/** How long to wait for another process, in milliseconds. */
const PATIENCE = 5_000
const PAUSE = 10
/** The same for callers that block their thread. */
const SHORT_PATIENCE = 50
/** Without `flock`: the age in milliseconds at which a lock file counts as abandoned. */
const ABANDONED = 10_000

type Attempt = Result.Result<FileLock | undefined, string>

const isSameFile = (fd: number, path: string): boolean => {
  const named = Result.try(() => lstatSync(path, { bigint: true }))
  const open = fstatSync(fd, { bigint: true })
  return Result.isSuccess(named) && named.success.ino === open.ino && named.success.dev === open.dev
}

const unlinkQuietly = (path: string): void => {
  Result.try(() => unlinkSync(path))
}

/** Whether a lock file can be one of ours, which are empty. MySQL and PostgreSQL keep files of the same name beside their sockets. */
const isOurs = (stats: Stats): boolean => stats.isFile() && stats.size === 0

const open = (path: string, flags: number): Result.Result<number, string> =>
  Result.try({ try: () => openSync(path, flags | constants.O_CREAT | constants.O_NOFOLLOW, 0o600), catch: codeOf })

/** The holder removes the file, so a waiter may have locked a file that is already unlinked. */
const byFlock = (native: NativeCalls, path: string): Attempt =>
  Result.flatMap(open(path, constants.O_RDWR | constants.O_NONBLOCK), (fd): Attempt => {
    const locked = native.lockFile(fd)
    if (Result.isSuccess(locked) && locked.success && isSameFile(fd, path)) {
      return Result.succeed({
        release: () => {
          if (isOurs(fstatSync(fd))) unlinkQuietly(path)
          closeSync(fd)
        }
      })
    }
    closeSync(fd)
    return Result.isFailure(locked) ? Result.fail("ENOLCK") : Result.succeed(undefined)
  })

const byCreating = (path: string): Attempt => {
  const created = open(path, constants.O_WRONLY | constants.O_EXCL)
  if (Result.isSuccess(created)) {
    closeSync(created.success)
    return Result.succeed({ release: () => unlinkQuietly(path) })
  }
  if (created.failure !== "EEXIST") return Result.fail(created.failure)
  const stats = Result.try(() => lstatSync(path))
  if (Result.isSuccess(stats) && isOurs(stats.success) && Date.now() - stats.success.mtimeMs > ABANDONED) {
    unlinkQuietly(path)
  }
  return Result.succeed(undefined)
}

const attempt = (path: string, native: NativeCalls): Attempt =>
  native.available ? byFlock(native, path) : byCreating(path)

/** Waits a few seconds for the lock. The caller releases it. */
export const lock = (path: string, native: NativeCalls = loadNative()): Effect.Effect<FileLock, FileLockError> => {
  const again = (left: number): Effect.Effect<FileLock, FileLockError> =>
    Effect.suspend(() => {
      const tried = attempt(path, native)
      if (Result.isFailure(tried)) return Effect.fail(new FileLockError({ code: tried.failure, path }))
      if (tried.success !== undefined) return Effect.succeed(tried.success)
      if (left <= 0) return Effect.fail(new FileLockError({ code: "EADDRINUSE", path }))
      return Effect.andThen(Effect.sleep(PAUSE), again(left - PAUSE))
    })
  return again(PATIENCE)
}

const sleeping = new Int32Array(new SharedArrayBuffer(4))

/** Takes the lock within milliseconds, blocking this thread; undefined if it is held. */
export const lockNow = (path: string, native: NativeCalls = loadNative()): FileLock | undefined => {
  for (let left = SHORT_PATIENCE; ; left -= PAUSE) {
    const tried = attempt(path, native)
    if (Result.isFailure(tried) || tried.success !== undefined) return Result.getOrUndefined(tried)
    if (left <= 0) return undefined
    Atomics.wait(sleeping, 0, 0, PAUSE)
  }
}
