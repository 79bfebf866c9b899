import { createHash, X509Certificate } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { matchesPin } from "../../src/access/Pins.ts"
import { type Pin, parse } from "../../src/config/SpkiPin.ts"
import { disposeTestCas, type KeyKind, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("base64")
const good = digest("sha256", Buffer.from("x"))
const supported = "(supported: sha256, sha384, sha512)"

describe("Pins.parse", () => {
  it.each([
    ["nonsense", `invalid pin "nonsense": expected format <algo>:<base64-digest>`],
    ["", `invalid pin "": expected format <algo>:<base64-digest>`],
    ["md5:AAAA", `invalid pin "md5:AAAA": unsupported hash algorithm "md5" ${supported}`],
    ["MD5:AAAA", `invalid pin "MD5:AAAA": unsupported hash algorithm "md5" ${supported}`],
    [":AAAA", `invalid pin ":AAAA": unsupported hash algorithm "" ${supported}`],
    ["sha256:AAAA", `invalid pin "sha256:AAAA": expected 32 bytes for sha256, got 3`],
    ["sha256:", `invalid pin "sha256:": expected 32 bytes for sha256, got 0`],
    [`sha512:${good}`, `invalid pin "sha512:${good}": expected 64 bytes for sha512, got 32`],
    [`SHA384:${good}`, `invalid pin "SHA384:${good}": expected 48 bytes for sha384, got 32`]
  ])("refuses %j", (text, message) => assert.deepStrictEqual(parse(text), Result.fail(message)))

  // Where Go's decoder stops.
  it.each([
    ["!", 0],
    ["AA!A", 2],
    ["AA-_", 2],
    ["A", 0],
    ["AAAAA", 4],
    ["AA", 0],
    ["AAA", 0],
    ["AA=", 3],
    ["A===", 1],
    ["=", 0],
    ["AA=A", 2],
    ["AA==A", 4],
    ["AAA=A", 4],
    ["AAAA AAAA", 4]
  ])("%j is illegal at %i", (encoded, at) => {
    const why = `base64 decode failed: illegal base64 data at input byte ${at}`
    assert.deepStrictEqual(parse(`sha256:${encoded}`), Result.fail(`invalid pin "sha256:${encoded}": ${why}`))
  })

  it("takes every digest of the right size, whatever the case of the algorithm", () => {
    const sizes = { sha256: 32, SHA384: 48, Sha512: 64 }
    for (const [algorithm, size] of Object.entries(sizes)) {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (bytes) => {
          const pin = Result.getOrThrow(parse(`${algorithm}:${Buffer.from(bytes).toString("base64")}`))
          assert.strictEqual(pin.algorithm, algorithm.toLowerCase())
          assert.deepStrictEqual([...pin.digest], [...bytes])
        })
      )
    }
  })
})

describe("Pins.matchesPin", () => {
  const pinOf = (text: string): Pin => Result.getOrThrow(parse(text))

  it("matches the key of the certificate and no other, in any algorithm", async () => {
    const ca = await makeCa("Root")
    const kinds: ReadonlyArray<KeyKind> = ["p256", "p521", "rsa", "ed25519"]
    for (const key of kinds) {
      const [mine, other] = await Promise.all([ca.issue({ cn: "mine", key }), ca.issue({ cn: "other", key })])
      const info = Result.getOrThrow(parsePeerCertificate(mine.der)).publicKeyInfo
      const exported = new X509Certificate(mine.certPem).publicKey.export({ type: "spki", format: "der" })
      assert.deepStrictEqual(Buffer.from(info), exported)
      const foreign = Result.getOrThrow(parsePeerCertificate(other.der)).publicKeyInfo
      for (const algorithm of ["sha256", "sha384", "sha512"]) {
        const pin = pinOf(`${algorithm}:${digest(algorithm, exported)}`)
        assert.isTrue(matchesPin([pin], info))
        assert.isFalse(matchesPin([pin], foreign))
        assert.isTrue(matchesPin([pinOf(`sha256:${good}`), pin, pinOf(`sha512:${digest("sha512", foreign)}`)], info))
      }
    }
    assert.isFalse(matchesPin([], new Uint8Array(10)))
  })
})
