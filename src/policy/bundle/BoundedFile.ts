/** Reads regular files whole, up to a limit. */
import { open } from "node:fs/promises"
import { Effect } from "effect"
import { errnoText, nodeError } from "../../runtime/ErrorText.ts"
import { sizeText } from "./Limits.ts"

/** A file that grows while it is read is refused as too large. */
const bytesOf = async (path: string, limit: number): Promise<Uint8Array | string> => {
  await using file = await open(path, "r")
  const about = await file.stat()
  if (!about.isFile()) return `open ${path}: not a regular file`
  const tooLarge = `${path} is larger than ${sizeText(limit)}`
  if (about.size > limit) return tooLarge
  const buffer = Buffer.alloc(about.size + 1)
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled)
    if (bytesRead === 0) return buffer.subarray(0, filled)
    filled += bytesRead
  }
  return tooLarge
}

/** The bytes of a file. The failure names the file and says why. */
export const readBounded = (path: string, limit: number): Effect.Effect<Uint8Array, string> =>
  Effect.tryPromise({
    try: () => bytesOf(path, limit),
    catch: (cause) => `open ${path}: ${errnoText(nodeError(cause))}`
  }).pipe(
    Effect.filterOrFail(
      (bytes) => typeof bytes !== "string",
      (why) => (typeof why === "string" ? why : "")
    )
  )
