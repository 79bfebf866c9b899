/** Parses public key pins, with the Go program's error messages (docs/compatibility/credentials.md, 4.3). */
import { Result } from "effect"

export type PinAlgorithm = "sha256" | "sha384" | "sha512"

/** A digest of a certificate's SubjectPublicKeyInfo. */
export interface Pin {
  readonly algorithm: PinAlgorithm
  readonly digest: Uint8Array
}

const sizes: Readonly<Record<PinAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 }
const algorithms: ReadonlyArray<PinAlgorithm> = ["sha256", "sha384", "sha512"]

/**
 * Where Go's decoder of standard padded base64 stops, or how many bytes there are. Line breaks are skipped and the bits
 * left over at the end do not matter, as in Go.
 */
const decode = (text: string): { readonly length: number } | { readonly corruptAt: number } => {
  let digits = 0
  let at = 0
  const skipBreaks = () => {
    while (text[at] === "\n" || text[at] === "\r") at++
  }
  for (skipBreaks(); at < text.length; skipBreaks()) {
    if (/[A-Za-z0-9+/]/.test(text[at] ?? "")) {
      digits++
      at++
      continue
    }
    const inQuantum = digits % 4
    if (text[at] !== "=" || inQuantum < 2) return { corruptAt: at }
    const first = at++
    if (inQuantum === 2) {
      skipBreaks()
      if (at === text.length) return { corruptAt: at }
      if (text[at] !== "=") return { corruptAt: first }
      at++
    }
    skipBreaks()
    return at < text.length ? { corruptAt: at } : { length: Math.floor((digits * 6) / 8) }
  }
  return digits % 4 === 0 ? { length: (digits / 4) * 3 } : { corruptAt: text.length - (digits % 4) }
}

/** Parses `<algo>:<base64-digest>`. The failure is the Go program's message. */
export const parse = (text: string): Result.Result<Pin, string> => {
  const fail = (why: string) => Result.fail(`invalid pin ${JSON.stringify(text)}: ${why}`)
  const colon = text.indexOf(":")
  if (colon < 0) return fail("expected format <algo>:<base64-digest>")
  const name = text.slice(0, colon).toLowerCase()
  const algorithm = algorithms.find((known) => known === name)
  if (algorithm === undefined) {
    return fail(`unsupported hash algorithm ${JSON.stringify(name)} (supported: ${algorithms.join(", ")})`)
  }
  const encoded = text.slice(colon + 1)
  const decoded = decode(encoded)
  if ("corruptAt" in decoded)
    return fail(`base64 decode failed: illegal base64 data at input byte ${decoded.corruptAt}`)
  const size = sizes[algorithm]
  if (decoded.length !== size) return fail(`expected ${size} bytes for ${algorithm}, got ${decoded.length}`)
  return Result.succeed({ algorithm, digest: Buffer.from(encoded, "base64") })
}
