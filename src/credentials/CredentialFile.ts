/**
 * Reads credential files. Synchronously, on purpose: a sandbox is laid over the process later, and it reaches only the
 * threads that start after it or apply it themselves; asynchronous reads would start libuv's thread pool before.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs"
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

const readOpen = (descriptor: number): Buffer => {
  const chunks: Array<Buffer> = []
  // One byte more than the file has says at once that it ended; pipes have no size.
  const chunkSize = Math.min(Math.max(fstatSync(descriptor).size + 1, 4096), 1024 * 1024)
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkSize)
    const count = readSync(descriptor, chunk)
    if (count === 0) return Buffer.concat(chunks, total)
    chunks.push(chunk.subarray(0, count))
    total += count
    if (total > sizeLimit) throw new Error("file is larger than 50 MB")
  }
}

/** The file's bytes. The failure reads `open P: no such file or directory`. */
export const readCredentialFile = (path: string): Result.Result<Buffer, string> =>
  Result.flatMap(
    attempt("open", path, () => openSync(path, "r")),
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
