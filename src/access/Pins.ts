/** Pinned public keys (docs/compatibility/credentials.md, 4.3). */
import { hash, timingSafeEqual } from "node:crypto"
import type { Pin } from "../config/SpkiPin.ts"

/** Whether the key is any of the pinned ones; takes the same time whichever it is. */
export const matchesPin = (pins: ReadonlyArray<Pin>, publicKeyInfo: Uint8Array): boolean => {
  let matched = false
  for (const { algorithm, digest } of pins) {
    const actual = hash(algorithm, publicKeyInfo, "buffer")
    matched = (actual.length === digest.length && timingSafeEqual(actual, digest)) || matched
  }
  return matched
}

/** The pin that would admit this key, as it is written in flags. */
export const pinText = (algorithm: Pin["algorithm"], publicKeyInfo: Uint8Array): string =>
  `${algorithm}:${hash(algorithm, publicKeyInfo, "base64")}`
