/** Pins (docs/compatibility/credentials.md, 4.3). */
import { createHash } from "node:crypto"
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parse } from "../../src/config/SpkiPin.ts"

/** The sentence that refuses a pin, undefined for a good one. */
const refusePin = (pin: string): string | undefined => {
  const parsed = parse(pin)
  return Result.isFailure(parsed) ? parsed.failure : undefined
}

const digest = Buffer.alloc(32, 7).toString("base64")

describe("4.3 pin syntax", () => {
  it.each([
    ["x", "expected format <algo>:<base64-digest>"],
    ["", "expected format <algo>:<base64-digest>"],
    ["md5:AAAA", 'unsupported hash algorithm "md5" (supported: sha256, sha384, sha512)'],
    [":AAAA", 'unsupported hash algorithm "" (supported: sha256, sha384, sha512)'],
    ["sha256:AAAA", "expected 32 bytes for sha256, got 3"],
    ["sha384:AAA=", "expected 48 bytes for sha384, got 2"],
    ["SHA512:AA==", "expected 64 bytes for sha512, got 1"],
    ["sha256:", "expected 32 bytes for sha256, got 0"],
    ["sha256:!AAA", "base64 decode failed: illegal base64 data at input byte 0"],
    ["sha256:AA-_", "base64 decode failed: illegal base64 data at input byte 2"],
    ["sha256:AA A", "base64 decode failed: illegal base64 data at input byte 2"],
    ["sha256:AAAAA", "base64 decode failed: illegal base64 data at input byte 4"],
    ["sha256:AAA", "base64 decode failed: illegal base64 data at input byte 0"],
    ["sha256:A===", "base64 decode failed: illegal base64 data at input byte 1"],
    ["sha256:AA=", "base64 decode failed: illegal base64 data at input byte 3"],
    ["sha256:AA=A", "base64 decode failed: illegal base64 data at input byte 2"],
    ["sha256:AA==A", "base64 decode failed: illegal base64 data at input byte 4"],
    ["sha256:AAA==", "base64 decode failed: illegal base64 data at input byte 4"],
    [`sha256:${digest.slice(0, -1)}`, "base64 decode failed: illegal base64 data at input byte 40"]
  ])("%s", (pin, why) => {
    expect(refusePin(pin)).toBe(`invalid pin ${JSON.stringify(pin)}: ${why}`)
  })
  it.each([`sha256:${digest}`, `SHA256:${digest}`, `Sha256:${digest.slice(0, 8)}\n${digest.slice(8)}`])("%s", (pin) => {
    expect(refusePin(pin)).toBeUndefined()
  })
  it("takes every digest of the three algorithms, and none of another length", () => {
    const algorithm = fc.constantFrom("sha256", "sha384", "sha512")
    fc.assert(
      fc.property(algorithm, fc.uint8Array(), fc.uint8Array({ maxLength: 80 }), (name, input, other) => {
        const hash = createHash(name).update(input).digest()
        expect(refusePin(`${name}:${hash.toString("base64")}`)).toBeUndefined()
        if (other.length !== hash.length) {
          const got = `expected ${hash.length} bytes for ${name}, got ${other.length}`
          expect(refusePin(`${name}:${Buffer.from(other).toString("base64")}`)).toMatch(new RegExp(`${got}$`))
        }
      })
    )
  })
})
