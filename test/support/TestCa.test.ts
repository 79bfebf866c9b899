import { createPrivateKey, X509Certificate } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { disposeTestCas, type KeyKind, makeCa, testCaDirectory } from "./TestCa.ts"

afterAll(disposeTestCas)

const certificate = (pem: string) => new X509Certificate(pem)

describe("TestCa", () => {
  it("issues what was asked for", async () => {
    const ca = await makeCa("Root")
    const spec = {
      cn: "alice",
      ou: ["a", "b"],
      dns: ["x.test", "*.y.test"],
      ip: ["10.0.0.1", "::1"],
      uri: ["spiffe://td/a"],
      eku: "client"
    } as const
    const identity = await ca.issue(spec)
    const leaf = certificate(identity.certPem)
    assert.isTrue(leaf.verify(certificate(ca.certPem).publicKey))
    assert.isTrue(leaf.checkPrivateKey(createPrivateKey(identity.keyPem)))
    assert.strictEqual(leaf.subject, "OU=a\nOU=b\nCN=alice")
    assert.strictEqual(
      leaf.subjectAltName,
      "DNS:x.test, DNS:*.y.test, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://td/a"
    )
    assert.deepStrictEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.2"])
    assert.strictEqual(readFileSync(identity.combinedPath, "utf8"), identity.chainPem + identity.keyPem)
    assert.strictEqual(await ca.issue(spec), identity)
    assert.strictEqual(await makeCa("Root"), ca)
  })

  it("sets any validity", async () => {
    const ca = await makeCa("Root")
    const [expired, early, exact, own] = await Promise.all([
      ca.issue({ cn: "e", expired: true }),
      ca.issue({ cn: "n", notYetValid: true, dns: ["n.test"] }),
      ca.issue({ cn: "x", notBefore: new Date("2020-01-02T03:04:05Z"), notAfter: new Date("2060-01-01T00:00:00Z") }),
      ca.issue({ cn: "s", selfSigned: true, expired: true })
    ])
    assert.isBelow(certificate(expired.certPem).validToDate.getTime(), Date.now())
    assert.isAbove(certificate(early.certPem).validFromDate.getTime(), Date.now())
    assert.strictEqual(certificate(early.certPem).subjectAltName, "DNS:n.test")
    assert.strictEqual(certificate(exact.certPem).validFromDate.toISOString(), "2020-01-02T03:04:05.000Z")
    assert.strictEqual(certificate(exact.certPem).validToDate.toISOString(), "2060-01-01T00:00:00.000Z")
    assert.isTrue(certificate(exact.certPem).checkPrivateKey(createPrivateKey(exact.keyPem)))
    assert.isTrue(certificate(exact.certPem).verify(certificate(ca.certPem).publicKey))
    assert.isBelow(certificate(own.certPem).validToDate.getTime(), Date.now())
    assert.isTrue(certificate(own.certPem).verify(certificate(own.certPem).publicKey))
  })

  it("makes intermediates and every kind of key", async () => {
    const ca = await makeCa("Root")
    const identity = await ca.issue({ cn: "deep", intermediate: true })
    const [leaf, middle] = identity.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/).map(certificate)
    assert.isTrue(leaf?.checkIssued(certificate(middle?.toString() ?? "")))
    assert.isTrue(middle?.checkIssued(certificate(ca.certPem)))
    const kinds: ReadonlyArray<readonly [KeyKind, string]> = [
      ["rsa", "rsa"],
      ["rsa1024", "rsa"],
      ["rsa-pss", "rsa-pss"],
      ["p384", "ec"],
      ["p521", "ec"],
      ["secp256k1", "ec"],
      ["ed25519", "ed25519"],
      ["ed448", "ed448"]
    ]
    for (const [key, type] of kinds) {
      const made = await ca.issue({ cn: key, key })
      assert.strictEqual(certificate(made.certPem).publicKey.asymmetricKeyType, type)
    }
    const selfSigned = await ca.issue({ cn: "self", selfSigned: true })
    assert.isTrue(certificate(selfSigned.certPem).verify(certificate(selfSigned.certPem).publicKey))
  })

  it("removes its directory", async () => {
    await makeCa("Gone")
    const path = testCaDirectory()
    assert.isTrue(existsSync(path))
    disposeTestCas()
    assert.isFalse(existsSync(path))
  })
})
