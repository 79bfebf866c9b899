/** Decompresses bundles, with a bound on what comes out. */
import { gunzip } from "node:zlib"
import { Effect } from "effect"
import { limits, sizeText } from "./Limits.ts"

const failure = (code: string | undefined): string => {
  switch (code) {
    case "Z_BUF_ERROR":
      return "unexpected EOF"
    case "ERR_BUFFER_TOO_LARGE":
      return `decompressed it is larger than ${sizeText(limits.total)}`
    default:
      return "gzip: invalid checksum"
  }
}

/** The content of a gzip file. The failure says what is wrong with it. */
export const decompress = (bytes: Uint8Array): Effect.Effect<Uint8Array, string> => {
  if (bytes.length === 0) return Effect.fail("EOF")
  if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b)) return Effect.fail("gzip: invalid header")
  return Effect.callback<Uint8Array, string>((resume) => {
    gunzip(bytes, { maxOutputLength: limits.total }, (error, content) =>
      resume(
        error === null
          ? Effect.succeed(content)
          : Effect.fail(failure("code" in error && typeof error.code === "string" ? error.code : undefined))
      )
    )
  })
}
