/** Files that the conformance runs read and write, with failures that name them. */
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { Data, Effect } from "effect"

/** Why a conformance run cannot go on. */
export class ConformanceError extends Data.TaggedError("ConformanceError")<{ readonly message: string }> {}

const attempt = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new ConformanceError({ message: cause instanceof Error ? cause.message : String(cause) })
  })

/** The text of a file; the failure names it. */
export const readText = (path: string) => attempt(() => Fs.readFile(path, "utf8"))

/** Writes a file that only this user can read. */
export const writeText = (path: string, text: string) => attempt(() => Fs.writeFile(path, text, { mode: 0o600 }))

/** A directory that is removed with the scope. */
export const temporaryDirectory = Effect.acquireRelease(
  attempt(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "ghostunnel-conformance-"))),
  (directory) => Effect.promise(() => Fs.rm(directory, { recursive: true, force: true }))
)
