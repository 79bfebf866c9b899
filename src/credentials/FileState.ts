/** Tells whether files are still the ones that were read: by identity, size and times of what their names lead to. */
import { type BigIntStats, statSync } from "node:fs"
import { stat } from "node:fs/promises"
import { Result } from "effect"

const written = ({ ctimeNs, dev, ino, mtimeNs, size }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(":")

/** A file that cannot be looked at has a state too. */
const failed = (error: unknown): string =>
  error instanceof Error && "code" in error ? `unreadable ${error.code}` : "unreadable"

const joined = (states: ReadonlyArray<string>): string => states.join("\n")

/** One text for the state of all files; equal texts mean that none was written, replaced, or led elsewhere by a link. */
export const stateSync = (paths: ReadonlyArray<string>): string =>
  joined(
    paths.map((path) =>
      Result.getOrElse(
        Result.try(() => written(statSync(path, { bigint: true }))),
        failed
      )
    )
  )

/** The same without blocking the thread. Never rejects. */
export const state = (paths: ReadonlyArray<string>): Promise<string> =>
  Promise.all(paths.map((path) => stat(path, { bigint: true }).then(written, failed))).then(joined)
