/**
 * The file of a listening UNIX socket. A process that is killed leaves its file behind, and a plain bind would fail for ever
 * after. So a file that no process serves is replaced, one that is served or another user's is not, and no file but our
 * own is removed. Abstract and inherited sockets have no file of ours.
 */
import { lstatSync, renameSync, unlinkSync } from "node:fs"
import { connect } from "node:net"
import { basename, dirname } from "node:path"
import { Data, Effect, Result } from "effect"
import { codeOf, type FileLock, lock, lockNow } from "./FileLock.ts"

/** Which file a socket of ours has: enough to tell whether it is still that one. Plain values that can cross threads. */
export interface SocketFile {
  readonly path: string
  readonly device: bigint
  readonly inode: bigint
}

/** The path cannot be listened on. */
export class SocketPathError extends Data.TaggedError("SocketPathError")<{
  /** Node's name of the errno; `EADDRINUSE` for a path that is taken. */
  readonly code: string
  /** The file that could not be used, where it is not the socket's own: its lock. */
  readonly at: string | undefined
}> {}

/** The longest path of a socket, in bytes (`struct sockaddr_un`). */
const longestPath = 107

/** Whether a socket at this path has a file that this module can look after; others are bound as they are. */
export const hasSocketFile = (path: string): boolean =>
  !path.startsWith("@") && !/(^|\/)\.{0,2}$/.test(path) && Buffer.byteLength(path) <= longestPath

const refuse = (code: string, at?: string) => Effect.fail(new SocketPathError({ code, at }))

type Found = "nothing" | "stale" | "taken"

/** A connection that the kernel grants or queues is served; one that it refuses is not. It is closed unused. */
const probe = (path: string): Effect.Effect<Found> =>
  Effect.callback((resume) => {
    const socket = connect({ path })
    const done = (found: Found) => {
      socket.destroy()
      resume(Effect.succeed(found))
    }
    socket.once("connect", () => done("taken"))
    socket.on("error", (error) => {
      const code = codeOf(error)
      done(code === "ECONNREFUSED" ? "stale" : code === "ENOENT" ? "nothing" : "taken")
    })
    return Effect.sync(() => socket.destroy())
  })

/** What is at the path. Links are not followed, and whatever is no socket of this user's is taken. */
const look = (path: string): Effect.Effect<Found, SocketPathError> =>
  Effect.suspend(() => {
    const stats = Result.try({ try: () => lstatSync(path), catch: codeOf })
    if (Result.isFailure(stats)) return stats.failure === "ENOENT" ? Effect.succeed("nothing") : refuse(stats.failure)
    const ours = stats.success.isSocket() && stats.success.uid === process.geteuid?.()
    return ours ? probe(path) : Effect.succeed("taken")
  })

const exists = (path: string): boolean => Result.isSuccess(Result.try(() => lstatSync(path)))

const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
const randomText = (length: number): string =>
  Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join("")

/** A free name in the same directory, no longer than a socket's may be. The kernel shows it as the socket's name. */
const temporaryName = (path: string): string | undefined => {
  const room = longestPath - Buffer.byteLength(path)
  const directory = path.slice(0, path.length - basename(path).length)
  const short = Math.min(8, longestPath - Buffer.byteLength(directory))
  for (let tries = 0; tries < 100; tries++) {
    const name = room >= 7 ? `${path}.${randomText(6)}` : `${directory}${randomText(short)}`
    if (!exists(name)) return name
  }
  return undefined
}

const identify = (path: string): SocketFile => {
  const { dev, ino } = lstatSync(path, { bigint: true })
  return { path, device: dev, inode: ino }
}

const unlinkQuietly = (path: string): void => {
  Result.try(() => unlinkSync(path))
}

const place = <A, E>(
  path: string,
  bind: (temporary: string) => Effect.Effect<A, E>,
  undo: (bound: A) => void
): Effect.Effect<readonly [A, SocketFile], E | SocketPathError> =>
  Effect.gen(function* () {
    const temporary = temporaryName(path)
    if (temporary === undefined) return yield* refuse("EADDRINUSE")
    const bound = yield* Effect.tapError(bind(temporary), () => Effect.sync(() => unlinkQuietly(temporary)))
    const placed = Result.try({
      try: () => {
        const file = identify(temporary)
        renameSync(temporary, path)
        return { ...file, path }
      },
      catch: codeOf
    })
    if (Result.isSuccess(placed)) return [bound, placed.success] as const
    undo(bound)
    unlinkQuietly(temporary)
    return yield* refuse(placed.failure)
  })

/**
 * Listens at a path, in place of a stale socket if there is one. `bind` binds and listens at the temporary name it is given, so
 * that the path never names a socket that does not listen; `undo` closes what it made when it cannot be put in its place.
 */
export const listenAt = <A, E>(
  path: string,
  bind: (temporary: string) => Effect.Effect<A, E>,
  undo: (bound: A) => void
): Effect.Effect<readonly [A, SocketFile], E | SocketPathError> =>
  Effect.acquireUseRelease(
    Effect.mapError(lock(`${path}.lock`), ({ code, path: at }) =>
      code === "ENOENT" || !exists(at)
        ? new SocketPathError({ code, at: undefined })
        : new SocketPathError({ code, at })
    ),
    () =>
      Effect.flatMap(look(path), (found) =>
        found === "taken" ? refuse("EADDRINUSE") : Effect.uninterruptible(place(path, bind, undo))
      ),
    (held: FileLock) => Effect.sync(held.release)
  )

/**
 * Removes the file if it is still ours: the same device and inode. Fails with the code of what went wrong; a file that is gone
 * or another's is no failure, nor is one that another process is just checking and will find stale.
 */
export const removeSocketFile = (file: SocketFile): Result.Result<void, string> => {
  if (!exists(dirname(file.path))) return Result.void
  const held = lockNow(`${file.path}.lock`)
  if (held === undefined) return Result.void
  try {
    const now = Result.try({ try: () => identify(file.path), catch: codeOf })
    if (Result.isFailure(now)) return Result.void
    if (now.success.device !== file.device || now.success.inode !== file.inode) return Result.void
    return Result.try({ try: () => unlinkSync(file.path), catch: codeOf })
  } finally {
    held.release()
  }
}
