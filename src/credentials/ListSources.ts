/** Where revocation lists come from: files, directories of them, and URLs. */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { Result } from "effect"
import type { RevocationList } from "../access/RevocationList.ts"

/** A list, and where and when it was read. */
export interface LoadedList {
  readonly list: RevocationList
  /** A path or a URL. */
  readonly source: string
  /** Unix milliseconds. */
  readonly readAt: number
}

/** Whether a source is fetched over HTTP. */
export const isListUrl = (source: string): boolean => /^https?:\/\//i.test(source)

/** Names of files in a directory that hold lists: by their ending, or as `openssl rehash` links them. */
const listFile = /\.(?:crl|pem|der|r\d+)$/i

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** The files of a source, in order; those of a directory by name. */
export const listFilesOf = (source: string): ReadonlyArray<string> => {
  if (isListUrl(source)) return []
  return Result.getOrElse(
    Result.try(() =>
      isDirectory(source)
        ? readdirSync(source)
            .filter((name) => !name.startsWith(".") && listFile.test(name))
            .sort()
            .map((name) => join(source, name))
        : [source]
    ),
    () => [source]
  )
}

/** Everything whose change is a change of the lists: a directory itself, too. */
export const watchedPathsOf = (sources: ReadonlyArray<string>): ReadonlyArray<string> =>
  sources.flatMap((source) => (isListUrl(source) ? [] : [...new Set([source, ...listFilesOf(source)])]))
