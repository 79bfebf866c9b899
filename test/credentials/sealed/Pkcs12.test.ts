import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import fc from "fast-check"
import { keyPairFromBlocks } from "../../../src/credentials/KeyPair.ts"
import { readPkcs12 } from "../../../src/credentials/sealed/Pkcs12.ts"
import { needing } from "../../support/Installed.ts"
import { keytool } from "../../support/Keytool.ts"
import { disposeTestCas, makeCa, type TestIdentity } from "../../support/TestCa.ts"
import { asBer } from "./BerValues.ts"
import {
  bag,
  certificateBag,
  exportPkcs12,
  type Hmac,
  hungryMac,
  integer,
  keyBag,
  newFile,
  pbmac1,
  pfx,
  sealedKeyBag
} from "./Pkcs12Files.ts"

afterAll(disposeTestCas)

const identity = async () => (await makeCa("Store")).issue({ cn: "store", intermediate: true })
/** The Go program's wording of a failure, without the hint that follows it. */
const wording = (failure: string) => failure.replace(/ \((?:no password|the given|only RSA|the key) .*\)$/, "")
const open = (bytes: Uint8Array, password?: string) =>
  Effect.runPromise(
    Effect.result(readPkcs12(bytes, password === undefined ? undefined : Redacted.make(password))).pipe(
      Effect.map(Result.flatMap((blocks) => keyPairFromBlocks(blocks))),
      Effect.map(Result.mapError(wording))
    )
  )
const gives = async (expected: TestIdentity, bytes: Uint8Array, password?: string) => {
  const pair = Result.getOrThrow(await open(bytes, password))
  assert.strictEqual(pair.keyPem, expected.keyPem)
  assert.strictEqual(pair.chainPem, expected.chainPem)
}
const wrong = Result.fail("pkcs12: decryption password incorrect")

const legacy = ["-legacy"]
/** How `openssl pkcs12 -export` protects, by its words. */
const exports: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["what openssl 3 does by itself", []],
  ["RC2-40, 3DES and SHA-1", legacy],
  ["3DES throughout", ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"]],
  ["RC2-128 throughout", [...legacy, "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-RC2-128"]],
  ["RC2-40 throughout", [...legacy, "-keypbe", "PBE-SHA1-RC2-40", "-certpbe", "PBE-SHA1-RC2-40"]],
  ["AES-128, MAC SHA-512", ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"]],
  ["AES-192, MAC SHA-384", ["-keypbe", "AES-192-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha384"]],
  ["PBES2 with 3DES, MAC SHA-224", ["-keypbe", "DES-EDE3-CBC", "-certpbe", "DES-EDE3-CBC", "-macalg", "sha224"]],
  ["certificates in the clear", ["-certpbe", "NONE"]],
  ["only a MAC", ["-certpbe", "NONE", "-keypbe", "NONE"]],
  ["a friendly name and 20000 iterations", ["-name", "köder", "-iter", "20000"]],
  ["one iteration", ["-noiter", "-nomaciter"]]
]
const passwords = ["secret", "pässwörd ☃ 密", "\u{1f511} beyond the plane", "x".repeat(200), ""]

describe("Pkcs12", () => {
  it.each(exports)(
    "opens %s",
    async (_, words) => {
      const expected = await identity()
      for (const password of passwords) {
        const bytes = readFileSync(exportPkcs12(expected, password, ...words))
        await gives(expected, bytes, password)
        if (password === "") await gives(expected, bytes)
        else assert.deepStrictEqual(await open(bytes), wrong)
        assert.deepStrictEqual(await open(bytes, `${password}x`), wrong)
      }
    },
    60_000
  )

  it("opens BER as other programs write it, at every level", async () => {
    const expected = await identity()
    for (const words of [[], legacy, ["-certpbe", "NONE", "-keypbe", "NONE"]]) {
      const der = readFileSync(exportPkcs12(expected, "secret", ...words))
      const parts = [[certificateBag(expected.der), ...(await rest(expected))], [keyBag(expected)]]
      for (let seed = 1; seed <= 8; seed++) {
        let state = seed
        const choose = (most: number) => {
          state = (state * 48271) % 2147483647
          return state % most
        }
        const bytes = asBer(der, choose)
        assert.notDeepEqual(Buffer.from(bytes), der)
        await gives(expected, bytes, "secret")
        assert.deepStrictEqual(await open(bytes, "other"), wrong)
        const inner = pfx(parts, pbmac1("secret", "sha256"), (content) => asBer(content, choose))
        await gives(expected, inner, "secret")
      }
    }
  })

  it("takes a file without MAC when there is no password, and only then", async () => {
    const expected = await identity()
    for (const words of [[], legacy, ["-certpbe", "NONE", "-keypbe", "NONE"]]) {
      const bytes = readFileSync(exportPkcs12(expected, "", "-nomac", ...words))
      await gives(expected, bytes)
      await gives(expected, bytes, "")
      assert.deepStrictEqual(await open(bytes, "secret"), Result.fail("pkcs12: no MAC in data"))
    }
    assert.deepStrictEqual(await open(readFileSync(exportPkcs12(expected, "secret", "-nomac"))), wrong)
  })

  it("opens keys of every accepted kind", async () => {
    const ca = await makeCa("Store")
    for (const key of ["rsa", "p384", "p521", "ed25519"] as const) {
      const expected = await ca.issue({ cn: key, key })
      await gives(expected, readFileSync(exportPkcs12(expected, "secret")), "secret")
    }
  })

  const hashes: ReadonlyArray<Hmac> = ["sha1", "sha224", "sha256", "sha384", "sha512"]
  it.each(hashes)("opens PBES2 and PBMAC1 with %s, as OpenSSL 3.5 does", async (name) => {
    const expected = await (await makeCa("Store")).issue({ cn: "leaf" })
    for (const password of passwords) {
      const parts = [[certificateBag(expected.der)], [sealedKeyBag(expected, password, name)]]
      const bytes = pfx(parts, pbmac1(password, name, "sha256", 64))
      await gives(expected, bytes, password)
      // An empty password is no password for Node; the independent reader has its say on all others.
      if (password !== "") {
        createSecureContext({ pfx: Buffer.from(bytes), passphrase: password })
        assert.throws(() => createSecureContext({ pfx: Buffer.from(bytes), passphrase: "other" }))
      }
      assert.deepStrictEqual(await open(bytes, "other"), wrong)
    }
  })

  const vector = (name: string) => readFileSync(`${import.meta.dirname}/rfc9579/${name}.p12`)
  it.each(["a1-sha256-sha256", "a2-sha256-sha512", "a3-sha512-sha512"])(
    "opens the vector of RFC 9579, %s",
    async (name) => {
      const pair = Result.getOrThrow(await open(vector(name), "1234"))
      assert.isTrue(new X509Certificate(pair.chainPem).checkPrivateKey(createPrivateKey(pair.keyPem)))
      assert.deepStrictEqual(await open(vector(name), "12345"), wrong)
    }
  )

  it.each([
    ["a4-wrong-iterations", "pkcs12: decryption password incorrect"],
    ["a5-wrong-salt", "pkcs12: decryption password incorrect"],
    ["a6-no-key-length", "pkcs12: error reading P12 data: asn1: "]
  ])("refuses the vector of RFC 9579, %s", async (name, why) => {
    const answer = await open(vector(name), "1234")
    assert.isTrue(Result.isFailure(answer) && answer.failure.startsWith(why), String(answer))
  })

  it("refuses PBMAC1 with a short key, as RFC 9579 demands", async () => {
    const expected = await identity()
    const bytes = pfx([[certificateBag(expected.der), keyBag(expected)]], pbmac1("secret", "sha256", "sha256", 19))
    const why = "pkcs12: error reading P12 data: asn1: unsupported PBMAC1 key length"
    assert.deepStrictEqual(await open(bytes, "secret"), Result.fail(why))
  })

  it("says what is missing, or there too often", async () => {
    const expected = await identity()
    const certificate = certificateBag(expected.der)
    const key = keyBag(expected)
    const rows: ReadonlyArray<readonly [ReadonlyArray<ReadonlyArray<Uint8Array>>, string]> = [
      [[[certificate]], "private key missing"],
      [[[key]], "certificate missing"],
      [[[certificate, key], [key]], "more than one private key, expected exactly one"],
      [[[certificate], [key], []], "one or two contents are supported, the file has 3"],
      [[], "one or two contents are supported, the file has 0"]
    ]
    for (const [contents, why] of rows) {
      assert.deepStrictEqual(await open(pfx(contents, pbmac1("s", "sha256")), "s"), Result.fail(`pkcs12: ${why}`))
    }
    const alone = readFileSync(exportPkcs12({ combinedPath: expected.certPath }, "s", "-nokeys"))
    assert.deepStrictEqual(await open(alone, "s"), Result.fail("pkcs12: private key missing"))
    const ignored = bag(5, integer(1))
    await gives(
      expected,
      pfx(
        [
          [ignored, key],
          [certificate, ...(await rest(expected))]
        ],
        pbmac1("s", "sha256")
      ),
      "s"
    )
  })

  it("notices a key with another password than the file", async () => {
    const expected = await identity()
    const bytes = pfx([[certificateBag(expected.der), sealedKeyBag(expected, "key", "sha256")]], pbmac1("s", "sha256"))
    const why = "pkcs12: the private key has a password of its own, which is not supported"
    assert.deepStrictEqual(await open(bytes, "s"), Result.fail(why))
  })

  it("takes no MAC of another length", async () => {
    const expected = await identity()
    for (const value of [Buffer.alloc(0), Buffer.alloc(64)]) {
      const bytes = pfx([[certificateBag(expected.der), keyBag(expected)]], hungryMac(1, value))
      for (const password of ["", "s"]) assert.deepStrictEqual(await open(bytes, password), wrong)
    }
  })

  it("refuses keys of other kinds as any file does", async () => {
    const ca = await makeCa("Store")
    const failed = (why: string) => Result.fail(`parsing X509 key pair: ${why}`)
    for (const [key, why] of [
      ["secp256k1", "x509: unsupported elliptic curve"],
      ["ed448", "tls: failed to parse private key"],
      ["rsa-pss", "tls: failed to parse private key"]
    ] as const) {
      const bytes = readFileSync(exportPkcs12(await ca.issue({ cn: key, key }), "s"))
      assert.deepStrictEqual(await open(bytes, "s"), failed(why))
    }
    const [one, other] = await Promise.all([ca.issue({ cn: "one" }), ca.issue({ cn: "other" })])
    const mixed = pfx([[certificateBag(one.der), keyBag(other)]], pbmac1("s", "sha256"))
    assert.deepStrictEqual(await open(mixed, "s"), failed("tls: private key does not match public key"))
  })

  it("does not work for ever", async () => {
    const expected = await identity()
    const plain = [[certificateBag(expected.der), keyBag(expected)]]
    const hungry = [[certificateBag(expected.der), sealedKeyBag(expected, "s", "sha256", 2 ** 31 - 1)]]
    const limit = "pkcs12: key derivation takes more than 10000000 iterations, which is the limit"
    for (const bytes of [
      pfx(plain, hungryMac(10_000_001)),
      pfx(plain, pbmac1("s", "sha256", "sha256", 32, 10_000_001)),
      pfx(hungry, pbmac1("s", "sha256"))
    ]) {
      const start = process.cpuUsage()
      assert.deepStrictEqual(await open(bytes, "s"), Result.fail(limit))
      const { system, user } = process.cpuUsage(start)
      assert.isBelow(system + user, 5e6)
    }
    const beyond = await open(pfx(plain, hungryMac(2 ** 40)), "s")
    const range = "pkcs12: error reading P12 data: asn1: iteration count is out of range"
    assert.deepStrictEqual(beyond, Result.fail(range))
  })

  it("lets others run while it derives", async () => {
    const expected = await identity()
    const bytes = pfx([[certificateBag(expected.der), keyBag(expected)]], hungryMac(300_000))
    let turns = 0
    const count = setInterval(() => turns++, 1)
    assert.deepStrictEqual(await open(bytes, "s"), wrong)
    clearInterval(count)
    assert.isAbove(turns, 3)
  })

  it("refuses what is no PKCS#12", async () => {
    const expected = await identity()
    const start = "pkcs12: error reading P12 data: asn1: "
    for (const bytes of [Buffer.from(expected.certPem), expected.der, Buffer.alloc(0), Buffer.alloc(2 ** 21)]) {
      const outcome = await open(bytes, "s")
      assert.isTrue(Result.isFailure(outcome) && outcome.failure.startsWith(start), String(outcome))
    }
  })

  it("never fails but with a sentence, and soon", async () => {
    const expected = await identity()
    const plain = readFileSync(exportPkcs12(expected, "s"))
    let count = 0
    const originals = await Promise.all([
      plain,
      // Every other choice of the many that BER leaves.
      asBer(plain, (most) => count++ % most),
      readFileSync(exportPkcs12(expected, "s", ...legacy)),
      readFileSync(exportPkcs12(expected, "", "-nomac")),
      pfx([[certificateBag(expected.der), sealedKeyBag(expected, "s", "sha512")]], pbmac1("s", "sha512"))
    ])
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    const mutated = fc
      .tuple(fc.constantFrom(...originals), fc.array(change, { minLength: 1, maxLength: 4 }), fc.option(fc.nat()))
      .map(([original, changes, cut]) => {
        const bytes = Buffer.from(original)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        return cut === null ? bytes : bytes.subarray(0, cut % bytes.length)
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: mutated }, fc.uint8Array()), async (bytes) => {
        for (const password of ["", "s"]) {
          const outcome = await open(bytes, password)
          if (Result.isFailure(outcome)) assert.match(outcome.failure, /^(pkcs12|parsing X509 key pair): /)
        }
      }),
      { numRuns: 300 }
    )
  }, 120_000)

  const { skip, reason } = needing("keytool")
  it.skipIf(skip)(
    `opens what keytool writes, with every PRF it has${reason}`,
    async () => {
      for (const algorithm of [
        "PBEWithHmacSHA1AndAES_256",
        "PBEWithHmacSHA384AndAES_256",
        "PBEWithHmacSHA512AndAES_128",
        "PBEWithSHA1AndDESede"
      ]) {
        const path = newFile(".p12")
        const option = `-J-Dkeystore.pkcs12.keyProtectionAlgorithm=${algorithm}`
        const words = ["-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=java", "-storetype", "PKCS12"]
        keytool(option, ...words, "-keystore", path, "-storepass", "changeit")
        const pair = Result.getOrThrow(await open(readFileSync(path), "changeit"))
        assert.strictEqual(new X509Certificate(pair.chainPem).subject, "CN=java")
      }
    },
    60_000
  )
})

/** Bags of the certificates behind the leaf. */
const rest = async ({ chainPem, certPem }: TestIdentity) => [
  certificateBag(new X509Certificate(chainPem.slice(certPem.length)).raw)
]
