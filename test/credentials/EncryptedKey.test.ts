import { execFileSync } from "node:child_process"
import { createPrivateKey } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import fc from "fast-check"
import { openEncryptedKey } from "../../src/credentials/EncryptedKey.ts"
import { keyPairFromBlocks } from "../../src/credentials/KeyPair.ts"
import { readPem, writePem } from "../../src/credentials/Pem.ts"
import { disposeTestCas, type KeyKind, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const issue = async (key: KeyKind = "p256") => (await makeCa("Root")).issue({ cn: "x", key })
const open = (pem: string, password: string) =>
  Effect.runPromise(
    Effect.map(openEncryptedKey(readPem(Buffer.from(pem)), Redacted.make(password)), ({ blocks, sealed }) =>
      Result.map(keyPairFromBlocks(blocks, sealed), ({ keyPem }) => keyPem)
    )
  )
const failed = (why: string) => Result.fail(`parsing X509 key pair: tls: failed to parse private key (${why})`)
const wrong = "it is encrypted, and the password does not open it"
const password = "pässwörd ☃"
const openssl = (input: string, ...words: ReadonlyArray<string>) =>
  execFileSync("openssl", [...words, "-passout", "env:PASSWORD"], {
    input,
    env: { ...process.env, PASSWORD: password },
    stdio: ["pipe", "pipe", "pipe"]
  }).toString()

const pkcs8: ReadonlyArray<ReadonlyArray<string>> = [
  [],
  ["-v2", "aes-128-cbc"],
  ["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"],
  ["-v2", "des3", "-v2prf", "hmacWithSHA512"],
  ["-v1", "PBE-SHA1-3DES"],
  ["-v1", "PBE-SHA1-RC2-40", "-provider", "legacy", "-provider", "default"],
  ["-iter", "200000"],
  ["-scrypt"]
]

describe("EncryptedKey", () => {
  it.each(pkcs8)("opens PKCS#8 made with %s %s %s %s", async (...words) => {
    const { certPem, keyPem } = await issue()
    const sealed = openssl(keyPem, "pkcs8", "-topk8", ...words.filter(Boolean))
    assert.include(sealed, "BEGIN ENCRYPTED PRIVATE KEY")
    assert.deepStrictEqual(await open(sealed + certPem, password), Result.succeed(keyPem))
    // By chance one wrong password in 256 makes padding; what comes out then is no DER.
    for (const other of ["", "other", `${password}\n`]) {
      assert.deepStrictEqual(await open(sealed + certPem, other), failed(wrong))
    }
  })

  const legacy: ReadonlyArray<readonly [KeyKind, string]> = [
    ["rsa", "-aes128"],
    ["rsa", "-des3"],
    ["p256", "-aes256"],
    ["p384", "-aes192"]
  ]
  it.each(legacy)("opens the older form of an %s key by %s", async (kind, cipher) => {
    const { certPem, keyPem } = await issue(kind)
    const program = kind === "rsa" ? ["rsa", "-traditional"] : ["ec"]
    const sealed = openssl(keyPem, ...program, cipher)
    assert.include(sealed, "Proc-Type: 4,ENCRYPTED")
    assert.deepStrictEqual(await open(certPem + sealed, password), Result.succeed(keyPem))
    assert.deepStrictEqual(await open(certPem + sealed, "other"), failed(wrong))
    const odd = sealed.replace(/DEK-Info: [^,]*/, "DEK-Info: DES-CBC")
    assert.deepStrictEqual(await open(certPem + odd, password), failed("its cipher DES-CBC is not supported"))
  })

  it("opens what OpenSSL 3.5 inside Node makes", async () => {
    const { certPem, keyPem } = await issue("ed25519")
    const sealed = createPrivateKey(keyPem).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "x"
    })
    assert.deepStrictEqual(await open(certPem + sealed, "x"), Result.succeed(keyPem))
  })

  it("leaves keys alone that are not encrypted", async () => {
    const { certPem, keyPem } = await issue()
    assert.deepStrictEqual(await open(keyPem + certPem, password), Result.succeed(keyPem))
    const none = "tls: found a certificate rather than a key in the PEM for the private key"
    assert.deepStrictEqual(await open(certPem, password), Result.fail(`parsing X509 key pair: ${none}`))
  })

  it("says what it cannot read, and does not work for ever", async () => {
    const { certPem, keyPem } = await issue()
    const rc2 = openssl(keyPem, "pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default")
    const unknown = "its encryption cannot be read: unsupported encryption 1.2.840.113549.1.5.3"
    assert.deepStrictEqual(await open(rc2 + certPem, password), failed(unknown))
    const limit = "its encryption cannot be read: scrypt parameters are beyond the limit"
    const greedy = openssl(
      keyPem,
      "pkcs8",
      "-topk8",
      "-scrypt",
      "-scrypt_N",
      "1024",
      "-scrypt_r",
      "1",
      "-scrypt_p",
      "17"
    )
    assert.deepStrictEqual(await open(greedy + certPem, password), failed(limit))
    const [block] = readPem(Buffer.from(openssl(keyPem, "pkcs8", "-topk8", "-scrypt")))
    // A cost of 2^14 becomes one that is no power of two.
    const odd = Buffer.from(
      Buffer.from(block?.der ?? [])
        .toString("hex")
        .replace("02024000", "02024001"),
      "hex"
    )
    const text = writePem("ENCRYPTED PRIVATE KEY", odd)
    assert.deepStrictEqual(await open(text + certPem, password), failed(limit))
    const junk = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
    assert.match(String(await open(junk + certPem, password)), /its encryption cannot be read: /)
  })

  it("never throws", async () => {
    const { certPem, keyPem } = await issue()
    const text = [openssl(keyPem, "pkcs8", "-topk8"), openssl(keyPem, "ec", "-aes128")]
    const change = fc.tuple(fc.nat(), fc.base64String({ minLength: 4, maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...text), fc.array(change, { maxLength: 3 }), async (pem, changes) => {
        const at = (position: number) => position % pem.length
        const mutated = changes.reduce(
          (now, [where, what]) => now.slice(0, at(where)) + what + now.slice(at(where) + 4),
          pem
        )
        await open(mutated + certPem, password)
      }),
      { numRuns: 200 }
    )
  })
})
