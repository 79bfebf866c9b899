/**
 * Reads credential files. Synchronously, on purpose: a sandbox is laid over the process later, and it reaches only the
 * threads that start after it or apply it themselves; asynchronous reads would start libuv's thread pool before.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs"
import { Result } from "effect"

/** No file is read beyond this. */
export const sizeLimit = 50 * 1024 * 1024

const sentences: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "no such file or directory"],
  ["EACCES", "permission denied"],
  ["EPERM", "operation not permitted"],
  ["EISDIR", "is a directory"],
  ["ENOTDIR", "not a directory"],
  ["ELOOP", "too many levels of symbolic links"],
  ["ENAMETOOLONG", "file name too long"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files in system"],
  ["ENXIO", "no such device or address"],
  ["EIO", "input/output error"]
])

const sentence = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const code = "code" in cause ? cause.code : undefined
  return sentences.get(code) ?? (typeof code === "string" ? code : cause.message)
}

/** Runs a system call; the failure reads `open P: no such file or directory`. */
export const attempt = <A>(what: string, path: string, run: () => A): Result.Result<A, string> =>
  Result.try({ try: run, catch: (cause) => `${what} ${path}: ${sentence(cause)}` })

/** How long a pipe may be without a writer, in milliseconds. The read blocks this thread meanwhile. */
const pipePatience = 3000
/** How long a connected writer may take, in milliseconds: it may have to ask a vault first. */
const writerPatience = 60_000
const pause = 10

const sleeping = new Int32Array(new SharedArrayBuffer(4))

/** What can be read now; `undefined` where more may come. */
const readSome = (descriptor: number, chunk: Buffer): number | undefined => {
  try {
    return readSync(descriptor, chunk)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined
    throw error
  }
}

/** Reads the next bytes; 0 at the end. Throws when a pipe has no writer, or its writer neither writes nor closes, in time. */
const readNext = (descriptor: number, chunk: Buffer, mayCome: boolean): number => {
  for (let waited = 0; ; waited += pause) {
    const count = readSome(descriptor, chunk)
    // Without a writer a pipe is at its end at once.
    if (count !== undefined && (count > 0 || !mayCome)) return count
    if (count !== undefined && waited >= pipePatience) throw new Error("no program writes to this pipe")
    if (waited >= writerPatience) throw new Error("the writer of this pipe does not close it")
    Atomics.wait(sleeping, 0, 0, pause)
  }
}

const readOpen = (descriptor: number): Buffer => {
  const chunks: Array<Buffer> = []
  // One byte more than the file has says at once that it ended; pipes have no size.
  const stats = fstatSync(descriptor)
  const chunkSize = Math.min(Math.max(stats.size + 1, 4096), 1024 * 1024)
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkSize)
    const count = readNext(descriptor, chunk, stats.isFIFO() && total === 0)
    if (count === 0) return Buffer.concat(chunks, total)
    chunks.push(chunk.subarray(0, count))
    total += count
    if (total > sizeLimit) throw new Error("file is larger than 50 MB")
  }
}

/** Opening a pipe without a writer blocks the thread, so pipes are opened non-blocking. */
const isPipe = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFIFO() === true

/** The file's bytes. The failure reads `open P: no such file or directory`. */
export const readCredentialFile = (path: string): Result.Result<Buffer, string> =>
  Result.flatMap(
    attempt("open", path, () => openSync(path, isPipe(path) ? constants.O_RDONLY | constants.O_NONBLOCK : "r")),
    (descriptor) => {
      try {
        return attempt("read", path, () => readOpen(descriptor))
      } finally {
        closeSync(descriptor)
      }
    }
  )

/** Whether every user of the machine may read a file; only regular files count, and one that is gone does not. */
export const isReadableByAll = (path: string): boolean => {
  const found = Result.try(() => statSync(path))
  return Result.isSuccess(found) && found.success.isFile() && (found.success.mode & 0o004) !== 0
}
