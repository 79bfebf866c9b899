import { X509Certificate } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { chainLimitProblem, chainLimits } from "../../src/access/ChainLimits.ts"
import * as Hostile from "../support/HostileChains.ts"
import { craft } from "./CraftedCertificate.ts"

const dersOf = ({ certPem }: Hostile.HostileChain): ReadonlyArray<Uint8Array> =>
  (certPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((pem) => {
    const base64 = pem.replace(/-----[^-]+-----|\s/g, "")
    return new Uint8Array(Buffer.from(base64, "base64"))
  })

const rows: Readonly<Record<string, readonly [chain: Hostile.HostileChain, problem: string | undefined]>> = {
  "as many certificates as allowed": [Hostile.manyAuthorities(chainLimits.certificates - 1), undefined],
  "one certificate more": [Hostile.manyAuthorities(chainLimits.certificates), "more than 48 certificates"],
  "too many bytes": [Hostile.manyNames(20_000), "certificates of more than 65536 bytes"],
  "a slow exponent": [
    Hostile.slowExponents(1),
    "certificate containing an RSA public exponent greater than 4294967296"
  ],
  "as many names as allowed": [Hostile.manyNames(2048), undefined],
  "one name more": [Hostile.manyNames(2049), "a certificate with more than 2048 subject alternative names"],
  "as many attributes as allowed": [Hostile.manyAttributes(128), undefined],
  "one attribute more": [Hostile.manyAttributes(129), "a certificate with a name of more than 128 attributes"],
  "as many comparisons as allowed": [Hostile.manyConstraints(4, 32, 128), undefined],
  "more comparisons": [
    Hostile.manyConstraints(4, 32, 129),
    "names and name constraints for more than 16384 comparisons"
  ]
}

describe("the limits of a chain", () => {
  for (const [what, [chain, problem]] of Object.entries(rows)) {
    it(`are told for ${what}`, () => {
      const ders = dersOf(chain)
      // OpenSSL takes each of them for a certificate.
      const [leaf] = ders
      if (leaf !== undefined && what !== "too many bytes") assert.isString(new X509Certificate(leaf).subject)
      assert.strictEqual(chainLimitProblem(ders), problem)
    })
  }

  it("are held by every ordinary chain, and by what is malformed", () => {
    assert.isUndefined(chainLimitProblem([craft()]))
    assert.isUndefined(chainLimitProblem([]))
    assert.isUndefined(chainLimitProblem([Uint8Array.of(0x30, 0x80)]))
  })

  it("never throw, whatever the bytes", () => {
    const certificate = craft()
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(certificate.length - 1), fc.nat(255)).map(([at, value]) => certificate.with(at, value))
    )
    void fc.assert(fc.property(fc.array(bytes, { maxLength: 4 }), (chain) => void chainLimitProblem(chain)))
  })
})
