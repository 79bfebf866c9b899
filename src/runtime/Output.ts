/**
 * Writing to a descriptor that was given to us, without waiting for its reader. Others may share its open file, so its own
 * flags stay as they are: what can be opened anew is, and a socket is sent to.
 */
import { constants, fstatSync, openSync, writeSync } from "node:fs"
import { isatty } from "node:tty"
import { Result } from "effect"
import type { Output, Taken } from "./LineQueue.ts"
import { loadNative, type NativeCalls } from "./Native.ts"
import { Constant } from "./native/LibC.ts"

/** What a pipe that has room takes at once, in bytes. */
const PIPE_BUF = 4096

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined

/** Waits only where the descriptor makes it. */
const writing =
  (fd: number): Output =>
  (line, from): Taken => {
    try {
      return from + writeSync(fd, line, from)
    } catch (error) {
      const code = codeOf(error)
      if (code === "EAGAIN" || code === "EINTR") return from
      return code === "EPIPE" ? "gone" : "failed"
    }
  }

/** For pipes that cannot be opened anew: looks whether there is room before each part. Another writer may take it in between. */
export const looking = (native: NativeCalls, fd: number): Output => {
  const write = writing(fd)
  return (line, from) => {
    const room = native.takesWrites(fd)
    return Result.isSuccess(room) && !room.success ? from : write(line.subarray(0, from + PIPE_BUF), from)
  }
}

const sending =
  (native: NativeCalls, fd: number): Output =>
  (line, from): Taken =>
    Result.match(native.sendNow(fd, line.subarray(from)), {
      onSuccess: (sent) => from + sent,
      onFailure: ({ errno }) =>
        errno === Constant.EAGAIN || errno === Constant.EINTR ? from : errno === Constant.EPIPE ? "gone" : "failed"
    })

/** Another open file of the same pipe or terminal, undefined where there is none to be had: it may be another user's. */
const openAnew = (fd: number): number | undefined => {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined
  }
}

const kindOf = (fd: number): "pipe" | "socket" | "other" => {
  try {
    const stats = fstatSync(fd)
    return stats.isSocket() ? "socket" : stats.isFIFO() || isatty(fd) ? "pipe" : "other"
  } catch {
    return "other"
  }
}

/**
 * Writes to the descriptor for the rest of the process's life. To be called before the sandbox is set up. It waits for a
 * reader only where there is no way around it: without `node:ffi`, on sockets and on what cannot be opened anew.
 */
export const openOutput = (fd: number): Output => {
  const kind = kindOf(fd)
  const own = kind === "pipe" ? openAnew(fd) : undefined
  if (own !== undefined) return writing(own)
  // Files take whatever comes.
  if (kind === "other") return writing(fd)
  const native = loadNative()
  if (!native.available) return writing(fd)
  return kind === "socket" ? sending(native, fd) : looking(native, fd)
}
