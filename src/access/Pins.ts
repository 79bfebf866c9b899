/** Pinned public keys (contract: credentials, section 4.3). */
import { hash, timingSafeEqual } from "node:crypto"
import { Result } from "effect"

export type PinAlgorithm = "sha256" | "sha384" | "sha512"

/** A digest of a SubjectPublicKeyInfo. */
export interface Pin {
  readonly algorithm: PinAlgorithm
  readonly digest: Uint8Array
}

const sizes: Readonly<Record<PinAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 }
const algorithms: ReadonlyArray<PinAlgorithm> = ["sha256", "sha384", "sha512"]

/** Reads `sha256:<base64>`. The failure is the contract's wording. */
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
  const illegal = illegalByte(encoded)
  if (illegal !== undefined) return fail(`base64 decode failed: illegal base64 data at input byte ${illegal}`)
  const digest = Buffer.from(encoded, "base64")
  const size = sizes[algorithm]
  return digest.length === size
    ? Result.succeed({ algorithm, digest })
    : fail(`expected ${size} bytes for ${algorithm}, got ${digest.length}`)
}

/** Where standard padded base64 goes wrong, as Go counts it; undefined when it does not. */
const illegalByte = (text: string): number | undefined => {
  const bytes = Buffer.from(text)
  const good = /^[A-Za-z0-9+/]*/.exec(text)?.[0].length ?? 0
  const inGroup = good % 4
  if (good === bytes.length) return inGroup === 0 ? undefined : good - inGroup
  if (bytes[good] !== 0x3d || inGroup < 2) return good
  if (inGroup === 3) return good + 1 === bytes.length ? undefined : good + 1
  if (good + 1 === bytes.length) return bytes.length
  if (bytes[good + 1] !== 0x3d) return good
  return good + 2 === bytes.length ? undefined : good + 2
}

/** Whether the key is any of the pinned ones; takes the same time whichever it is. */
export const matchesPin = (pins: ReadonlyArray<Pin>, publicKeyInfo: Uint8Array): boolean => {
  let matched = false
  for (const { algorithm, digest } of pins) {
    const actual = hash(algorithm, publicKeyInfo, "buffer")
    matched = (actual.length === digest.length && timingSafeEqual(actual, digest)) || matched
  }
  return matched
}
