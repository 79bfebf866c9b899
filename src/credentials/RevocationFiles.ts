/**
 * Reads files of certificate revocation lists: PEM with any number of them, or one in DER. They may be large: everything is
 * done in slices, so that the thread goes on serving connections.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { Effect, Result } from "effect"
import { listLimit, type RevocationList, readRevocationList } from "../access/RevocationList.ts"
import { attempt } from "./CredentialFile.ts"
import { inSlices } from "./Slices.ts"

/** A list of 64 MiB in PEM, with its line ends and some text around it. */
export const listFileLimit = Math.ceil((listLimit * 4) / 3) + 8 * 1024 * 1024

const chunkSize = 1024 * 1024
const begin = Buffer.from("-----BEGIN X509 CRL")
const beginLine = Buffer.from("-----BEGIN X509 CRL-----")
const endLine = Buffer.from("-----END X509 CRL-----")

/** Work in slices; the failure says what is wrong. */
export type Slices<A> = Generator<void, Result.Result<A, string>>

function* readOpen(descriptor: number, path: string): Slices<Buffer> {
  const chunks: Array<Buffer> = []
  let total = 0
  for (;;) {
    // One byte more than the file has says at once that it ended; pipes have no size.
    const size = Math.min(Math.max(fstatSync(descriptor).size + 1, 4096), chunkSize)
    const chunk = Buffer.allocUnsafe(size)
    const read = attempt("read", path, () => readSync(descriptor, chunk))
    if (Result.isFailure(read)) return Result.fail(read.failure)
    if (read.success === 0) break
    chunks.push(chunk.subarray(0, read.success))
    total += read.success
    if (total > listFileLimit) return Result.fail(`read ${path}: file is larger than ${listFileLimit >> 20} MiB`)
    yield
  }
  const [only] = chunks
  return Result.succeed(chunks.length === 1 && only !== undefined ? only : yield* joined(chunks, total))
}

function* joined(chunks: ReadonlyArray<Buffer>, total: number): Generator<void, Buffer> {
  const whole = Buffer.allocUnsafe(total)
  let at = 0
  for (const chunk of chunks) {
    at += chunk.copy(whole, at)
    yield
  }
  return whole
}

function* readFile(path: string): Slices<Buffer> {
  const opened = attempt("open", path, () => openSync(path, "r"))
  if (Result.isFailure(opened)) return Result.fail(opened.failure)
  try {
    return yield* readOpen(opened.success, path)
  } finally {
    closeSync(opened.success)
  }
}

/** Where the needle begins at or after `from`; -1 for nowhere. */
function* find(bytes: Buffer, needle: Buffer, from: number): Generator<void, number> {
  for (let at = from; at < bytes.length; at += chunkSize) {
    const found = bytes.subarray(at, at + chunkSize + needle.length - 1).indexOf(needle)
    if (found >= 0) return at + found
    yield
  }
  return -1
}

/** The bytes of Base64 with line breaks; undefined where it is damaged. */
function* decode(text: Buffer): Generator<void, Uint8Array | undefined> {
  const decoded = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let left = ""
  for (let at = 0; at < text.length; at += chunkSize / 4) {
    left += text.toString("latin1", at, Math.min(at + chunkSize / 4, text.length)).replace(/[ \t\r\n]+/g, "")
    // The last four characters may end in padding: they stay for the end.
    const whole = Math.max(0, Math.floor((left.length - 1) / 4) * 4)
    const part = left.slice(0, whole)
    if (!/^[A-Za-z0-9+/]*$/.test(part)) return undefined
    decoded.set(Buffer.from(part, "base64"), length)
    length += (whole / 4) * 3
    left = left.slice(whole)
    yield
  }
  if (left.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(left)) return undefined
  const end = Buffer.from(left, "base64")
  decoded.set(end, length)
  return decoded.subarray(0, length + end.length)
}

/** What of a file is a list. A damaged block is a failure: leaving it out would forget whom it revokes. */
function* listsIn(bytes: Buffer): Slices<ReadonlyArray<Uint8Array>> {
  const lists: Array<Uint8Array> = []
  const damaged = Result.fail("a block of it is damaged")
  for (let start = yield* find(bytes, begin, 0); start >= 0; ) {
    const body = start + beginLine.length
    const end = yield* find(bytes, endLine, body)
    const next = yield* find(bytes, begin, body)
    if (end < 0 || (next >= 0 && next < end) || !bytes.subarray(start, body).equals(beginLine)) return damaged
    const der = yield* decode(bytes.subarray(body, end))
    if (der === undefined) return damaged
    lists.push(der)
    start = next
  }
  if (lists.length > 0) return Result.succeed(lists)
  return bytes[0] === 0x30 ? Result.succeed([bytes]) : Result.fail("it holds none, neither PEM nor DER")
}

/** The lists in the bytes of a file. */
export function* parseListFile(bytes: Buffer): Slices<ReadonlyArray<RevocationList>> {
  const found = yield* listsIn(bytes)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const lists: Array<RevocationList> = []
  for (const der of found.success) {
    const list = yield* readRevocationList(der)
    if (Result.isFailure(list)) return Result.fail(`unusable revocation list: ${list.failure}`)
    lists.push(list.success)
  }
  return Result.succeed(lists)
}

function* readAll(paths: ReadonlyArray<string>): Slices<ReadonlyArray<RevocationList>> {
  const lists: Array<RevocationList> = []
  for (const path of paths) {
    const bytes = yield* readFile(path)
    if (Result.isFailure(bytes)) return Result.fail(`loading revocation lists: ${bytes.failure}`)
    const parsed = yield* parseListFile(bytes.success)
    if (Result.isFailure(parsed)) return Result.fail(`loading revocation lists: ${path}: ${parsed.failure}`)
    lists.push(...parsed.success)
  }
  return Result.succeed(lists)
}

/** Every list of the files, in order. The failure names the file. */
export const readRevocationLists = (
  paths: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<RevocationList>, string> =>
  Effect.flatMap(
    Effect.suspend(() => inSlices(readAll(paths))),
    Effect.fromResult
  )
