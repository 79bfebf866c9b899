import { execFileSync } from "node:child_process"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { keyPairFromBlocks } from "../../src/credentials/KeyPair.ts"
import { readPem } from "../../src/credentials/Pem.ts"
import { disposeTestCas, type IdentitySpec, type KeyKind, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const issue = async (spec: IdentitySpec) => (await makeCa("Root")).issue(spec)
const load = (...pems: ReadonlyArray<string>) => keyPairFromBlocks(pems.flatMap((pem) => readPem(Buffer.from(pem))))
const failure = (message: string) => Result.fail(`parsing X509 key pair: ${message}`)
const unparsable = "tls: failed to parse private key"
const kinds = "only RSA from 1024 bits, ECDSA on P-256, P-384 or P-521, and Ed25519 are supported"
const foreign = "the key is not that of the first certificate"
const reencode = (pem: string, type: "pkcs1" | "pkcs8" | "sec1", passphrase?: string) => {
  const secret = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase }
  return createPrivateKey(pem)
    .export({ type, format: "pem", ...secret })
    .toString()
}

const good: ReadonlyArray<readonly [KeyKind, "pkcs8" | "pkcs1" | "sec1"]> = [
  ["rsa", "pkcs1"],
  ["rsa", "pkcs8"],
  ["rsa1024", "pkcs8"],
  ["p256", "sec1"],
  ["p256", "pkcs8"],
  ["p384", "sec1"],
  ["p521", "pkcs8"],
  ["ed25519", "pkcs8"]
]

describe("KeyPair", () => {
  it.each(good)("takes %s keys in %s, whatever the label", async (key, type) => {
    const { certPem, keyPem } = await issue({ cn: "good", key })
    const encoded = reencode(keyPem, type)
    const labels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ANY PRIVATE KEY"]
    for (const text of [
      encoded,
      ...labels.map((label) => encoded.replaceAll(/(BEGIN|END) .*PRIVATE KEY/g, `$1 ${label}`))
    ]) {
      const pair = Result.getOrThrow(load(certPem, text))
      assert.strictEqual(pair.keyPem, keyPem)
      assert.strictEqual(pair.chainPem, certPem)
      assert.strictEqual(pair.leaf.subject.commonName, "good")
    }
  })

  it("takes the key first, parameters and text between, and cert and key the other way round", async () => {
    const { certPem, keyPem, chainPem } = await issue({ cn: "order", intermediate: true })
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    for (const parts of [
      [keyPem, chainPem],
      [chainPem, keyPem],
      ["text\n", parameters, keyPem, "x\n", chainPem]
    ]) {
      const pair = Result.getOrThrow(load(parts.join("")))
      assert.strictEqual(pair.chainPem, chainPem)
      assert.strictEqual(pair.keyPem, keyPem)
    }
    assert.isTrue(Result.isSuccess(load(keyPem, certPem)))
  })

  it("takes the first certificate, the first key and every certificate for the chain", async () => {
    const [first, second] = await Promise.all([issue({ cn: "1" }), issue({ cn: "2" })])
    const pair = Result.getOrThrow(load(first.certPem + first.keyPem + second.certPem + second.keyPem))
    assert.strictEqual(pair.chainPem, first.certPem + second.certPem)
    assert.strictEqual(pair.keyPem, first.keyPem)
    assert.deepStrictEqual(
      load(first.certPem, second.keyPem, first.keyPem),
      failure(`tls: private key does not match public key (${foreign})`)
    )
    assert.deepStrictEqual(
      load(second.certPem, first.certPem, first.keyPem),
      failure(
        "tls: private key does not match public key (the key belongs to certificate number 2: the certificate of the key must come first)"
      )
    )
  })

  it("refuses keys of other kinds", async () => {
    const [koblitz, ed448, pss, plain] = await Promise.all([
      issue({ cn: "k", key: "secp256k1" }),
      issue({ cn: "k", key: "ed448" }),
      issue({ cn: "k", key: "rsa-pss" }),
      issue({ cn: "k" })
    ])
    assert.deepStrictEqual(load(koblitz.certPem, koblitz.keyPem), failure("x509: unsupported elliptic curve"))
    assert.deepStrictEqual(load(ed448.certPem, ed448.keyPem), failure(`${unparsable} (${kinds})`))
    assert.deepStrictEqual(load(pss.certPem, pss.keyPem), failure(`${unparsable} (${kinds})`))
    assert.deepStrictEqual(load(plain.certPem, koblitz.keyPem), failure(`${unparsable} (${kinds})`))
    assert.deepStrictEqual(load(ed448.certPem, plain.keyPem), failure(`tls: unknown public key algorithm (${kinds})`))
  })

  it("says that encrypted keys need a password, or what else it was told of them", async () => {
    const { certPem, keyPem } = await issue({ cn: "secret", key: "rsa" })
    const why = failure(`${unparsable} (it is encrypted: give its password with --storepass-file)`)
    const modern = reencode(keyPem, "pkcs8", "x")
    const legacy = reencode(keyPem, "pkcs1", "x")
    assert.include(modern, "ENCRYPTED PRIVATE KEY")
    assert.include(legacy, "Proc-Type: 4,ENCRYPTED")
    assert.deepStrictEqual(load(certPem, modern), why)
    assert.deepStrictEqual(load(certPem, legacy), why)
    assert.deepStrictEqual(
      keyPairFromBlocks(readPem(Buffer.from(certPem + modern)), "not today"),
      failure(`${unparsable} (not today)`)
    )
    assert.deepStrictEqual(
      load(certPem, modern.replaceAll("ENCRYPTED ", "")),
      failure(`${unparsable} (its block PRIVATE KEY is damaged or of an unknown kind)`)
    )
  })

  it("says what is missing", async () => {
    const { certPem, keyPem, certPath } = await issue({ cn: "x" })
    const p7b = execFileSync("openssl", ["crl2pkcs7", "-nocrl", "-certfile", certPath]).toString()
    const noKey = "tls: found a certificate rather than a key in the PEM for the private key"
    const skipped = "PEM block in certificate input after skipping PEM blocks of the following types: [PKCS7"
    assert.deepStrictEqual(load(certPem), failure(noKey))
    assert.deepStrictEqual(load(certPem, certPem), failure(noKey))
    assert.deepStrictEqual(
      load(keyPem),
      failure(
        "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"
      )
    )
    assert.deepStrictEqual(load(p7b), failure(`tls: failed to find "CERTIFICATE" ${skipped}]`))
    assert.deepStrictEqual(load(p7b, keyPem), failure(`tls: failed to find "CERTIFICATE" ${skipped} PRIVATE KEY]`))
    assert.deepStrictEqual(
      load(certPem, p7b),
      failure(
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [CERTIFICATE PKCS7]'
      )
    )
    assert.deepStrictEqual(load("nothing at all"), Result.fail("no certificates found"))
  })

  it("says what does not fit", async () => {
    const [rsa, p256, other, p384] = await Promise.all([
      issue({ cn: "x", key: "rsa" }),
      issue({ cn: "x" }),
      issue({ cn: "y" }),
      issue({ cn: "x", key: "p384" })
    ])
    const wrong = failure(`tls: private key does not match public key (${foreign})`)
    const wrongType = failure(`tls: private key type does not match public key type (${foreign})`)
    assert.deepStrictEqual(load(p256.certPem, other.keyPem), wrong)
    assert.deepStrictEqual(load(p256.certPem, p384.keyPem), wrong)
    assert.deepStrictEqual(load(p256.certPem, rsa.keyPem), wrongType)
    assert.deepStrictEqual(load(rsa.certPem, p256.keyPem), wrongType)
  })

  it("refuses certificates that are none", async () => {
    const { certPem, keyPem } = await issue({ cn: "x" })
    const bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert.match(String(Result.getOrElse(load(bad, keyPem), (why) => why)), /^parsing X509 key pair: x509: /)
    assert.deepStrictEqual(load(certPem, bad, keyPem), failure("x509: malformed certificate (number 2 of the chain)"))
  })

  it("never throws, and never gives a key that is not the leaf's", async () => {
    const made = await Promise.all([
      issue({ cn: "1" }),
      issue({ cn: "2", key: "rsa" }),
      issue({ cn: "3", key: "ed25519" })
    ])
    const junk = fc
      .uint8Array({ maxLength: 100 })
      .map((der) => ({ type: "PRIVATE KEY", headers: new Map<string, string>(), der }))
    const block = fc.constantFrom(...made.flatMap(({ certPem, keyPem }) => readPem(Buffer.from(certPem + keyPem))))
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: block }, junk), { maxLength: 4 }), (blocks) => {
        const result = keyPairFromBlocks(blocks)
        if (Result.isFailure(result)) return
        const leaf = new X509Certificate(result.success.chainPem)
        assert.isTrue(leaf.checkPrivateKey(createPrivateKey(result.success.keyPem)))
      })
    )
  })
})
