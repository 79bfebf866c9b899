import { createHash, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import fc from "fast-check"
import { keyPairFromBlocks } from "../../../src/credentials/KeyPair.ts"
import type { PemBlock } from "../../../src/credentials/Pem.ts"
import { readJceks } from "../../../src/credentials/sealed/Jceks.ts"
import { oid, tlv } from "../../access/CraftedCertificate.ts"
import { needing } from "../../support/Installed.ts"
import { keytool } from "../../support/Keytool.ts"
import { disposeTestCas, makeCa } from "../../support/TestCa.ts"
import { exportPkcs12, integer, newFile } from "./Pkcs12Files.ts"

afterAll(disposeTestCas)

const read = (bytes: Uint8Array, password?: string) =>
  Effect.runPromise(Effect.result(readJceks(bytes, password === undefined ? undefined : Redacted.make(password))))
const namesOf = (blocks: ReadonlyArray<PemBlock>) =>
  blocks.map(({ type, der }) => (type === "CERTIFICATE" ? new X509Certificate(der).subject : type))

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)])
const text = (value: string | Uint8Array) => Buffer.concat([u16(Buffer.from(value).length), Buffer.from(value)])
const block = (bytes: Uint8Array) => Buffer.concat([u32(bytes.length), bytes])

/** A store of these entries, with the digest for this password. */
const store = (password: string, entries: ReadonlyArray<Uint8Array>, version = 2, count = entries.length): Buffer => {
  const content = Buffer.concat([u32(0xcececece), u32(version), u32(count), ...entries])
  const bytes = Buffer.from(password, "utf16le").swap16()
  return Buffer.concat([content, createHash("sha1").update(bytes).update("Mighty Aphrodite").update(content).digest()])
}
const date = Buffer.alloc(8)
const trusted = (alias: string | Uint8Array, der: Uint8Array, kind = "X.509") =>
  Buffer.concat([u32(2), text(alias), date, text(kind), block(der)])
const keyed = (alias: string, sealed: Uint8Array) => Buffer.concat([u32(1), text(alias), date, block(sealed), u32(0)])
const sealed = (protector: string, salt: number, iterations: number) =>
  tlv(
    0x30,
    tlv(0x30, oid(protector), tlv(0x30, tlv(4, Buffer.alloc(salt)), integer(iterations))),
    tlv(4, Buffer.alloc(64))
  )

describe("Jceks", () => {
  it("refuses what is no store of this kind, before it asks for a password", async () => {
    const foreign = "unsupported JCEKS data: not a JCEKS or JKS file"
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100), store("s", []).subarray(0, 31)]) {
      for (const password of [undefined, "s"]) {
        assert.deepStrictEqual(await read(bytes, password), Result.fail(foreign))
      }
    }
    assert.deepStrictEqual(await read(store("s", [], 1), "s"), Result.fail("unsupported JCEKS data: version 1"))
    const huge = Buffer.alloc(4 * 1024 * 1024 + 1)
    assert.deepStrictEqual(await read(huge, "s"), Result.fail("unsupported JCEKS data: file is larger than 4 MB"))
  })

  it("wants the password, and the right one", async () => {
    const none = "password is unsupported by JCEKS format: empty passwords are not interoperable"
    const wrong = "integrity protection violation: keystore was tampered with or password was incorrect"
    const beyond = "password is unsupported by JCEKS format: it has characters outside the basic multilingual plane"
    const bytes = store("sécret", [])
    const absent = `${none} (no password was given: give it with --storepass-file)`
    assert.deepStrictEqual(await read(bytes), Result.fail(absent))
    assert.deepStrictEqual(await read(bytes, ""), Result.fail(`${none} (the given password is empty)`))
    assert.deepStrictEqual(await read(bytes, "\u{1f511}"), Result.fail(beyond))
    assert.deepStrictEqual(await read(bytes, "secret"), Result.fail(wrong))
    bytes[8] = 1
    assert.deepStrictEqual(await read(bytes, "sécret"), Result.fail(wrong))
    assert.deepStrictEqual(await read(store("sécret", []), "sécret"), Result.succeed([]))
  })

  it("gives trusted certificates in the order of their aliases", async () => {
    const [a, b, c] = await Promise.all([makeCa("A"), makeCa("B"), makeCa("C")])
    const odd = Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0xbd, 0xed, 0xb4, 0x91])
    const entries = [trusted(odd, c.der), trusted("é", b.der), trusted("a", a.der)]
    const blocks = Result.getOrThrow(await read(store("s", entries), "s"))
    assert.deepStrictEqual(namesOf(blocks), ["CN=C", "CN=A", "CN=B"])
  })

  it("refuses what it does not understand", async () => {
    const { der } = await makeCa("A")
    const rows: ReadonlyArray<readonly [Buffer, string]> = [
      [store("s", [Buffer.concat([u32(3), text("k"), date])]), "file contains a secret key entry"],
      [store("s", [u32(4)]), "unknown kind of entry"],
      [store("s", [trusted("a", der, "PGP")]), "only X.509 certificates are supported"],
      [store("s", [trusted("a", der)], 2, 2), "file is truncated"],
      [store("s", [trusted("a", der)], 2, 0), "trailing data"],
      [store("s", [], 2, 10_001), "too many entries"],
      [store("s", [trusted(Buffer.from([0xff]), der)]), "malformed text"],
      [store("s", [trusted(Buffer.from([0xe2, 0x82]), der)]), "malformed text"],
      [store("s", [keyed("a", Buffer.alloc(0)).subarray(0, -4), u32(1001)], 2, 1), "chain is too long"]
    ]
    for (const [bytes, why] of rows) {
      assert.deepStrictEqual(await read(bytes, "s"), Result.fail(`unsupported JCEKS data: ${why}`))
    }
  })

  it("refuses keys it cannot open, and does not work for ever", async () => {
    const own = "1.3.6.1.4.1.42.2.19.1"
    const failed = (why: string) => Result.fail(`unable to recover private key 'k': ${why}`)
    const rows: ReadonlyArray<readonly [Uint8Array, string]> = [
      [Buffer.from("junk"), "truncated"],
      [sealed("1.2.3", 8, 1), "unsupported key protector 1.2.3"],
      [sealed(own, 7, 1), "malformed salt"],
      [sealed(own, 8, 0), "iteration count is zero"],
      [sealed(own, 8, 10_000_001), "key derivation takes more than 10000000 iterations, which is the limit"],
      [sealed(own, 8, 1), "decryption failed with the given password"]
    ]
    for (const [key, why] of rows) assert.deepStrictEqual(await read(store("s", [keyed("k", key)]), "s"), failed(why))
    assert.deepStrictEqual(
      await read(store("ß", [keyed("k", sealed(own, 8, 1))]), "ß"),
      failed("password is not printable ASCII")
    )
  })

  it("never fails but with a sentence", async () => {
    const { der } = await makeCa("A")
    const original = Buffer.concat([trusted("a", der), keyed("k", sealed("1.3.6.1.4.1.42.2.19.1", 8, 3))])
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    const mutated = fc.array(change, { maxLength: 4 }).map((changes) => {
      const bytes = Buffer.from(original)
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      return store("s", [bytes], 2, 2)
    })
    const junk = fc.uint8Array({ maxLength: 60 })
    const inside = junk.map((bytes) => store("s", [bytes], 2, 1))
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: mutated }, inside, junk), async (bytes) => {
        const outcome = await read(bytes, "s")
        if (Result.isFailure(outcome)) {
          assert.match(outcome.failure, /^(unsupported JCEKS data|unable to recover private key '.*'): /s)
        }
      }),
      { numRuns: 1000 }
    )
  })
})

const { skip, reason } = needing("keytool")

/** `keytool` on a store whose password is `changeit`. */
const edit = (path: string, type: string, ...words: ReadonlyArray<string>) =>
  keytool(...words, "-storetype", type, "-keystore", path, "-storepass", "changeit")

/** Few rounds of key derivation, for tests of something else. */
const cheap = "-J-Djdk.jceks.iterationCount=10000"

/** Puts an identity into a Java keystore; the key's password is the store's unless told otherwise. */
const importInto = (path: string, type: string, p12: string, alias: string, ...words: ReadonlyArray<string>) =>
  keytool(
    ...["-importkeystore", "-noprompt", "-srckeystore", p12, "-srcstorepass", "secret", "-srcstoretype", "PKCS12"],
    ...["-srcalias", alias, "-destkeystore", path, "-deststorepass", "changeit", "-deststoretype", type],
    ...(words.includes("-destkeypass") ? words : ["-destkeypass", "changeit", ...words])
  )

describe.skipIf(skip)(`Jceks by keytool${reason}`, () => {
  const make = async () => {
    const ca = await makeCa("Java")
    const identity = await ca.issue({ cn: "java", intermediate: true })
    const p12 = exportPkcs12(identity, "secret", "-name", "leaf")
    return { ca, identity, p12 }
  }
  const jceks = () => newFile(".jceks")

  it.each([
    ["as many iterations as keytool takes by itself", []],
    ["few iterations", [cheap]]
  ] as const)(
    "opens a key that took %s",
    async (_, words) => {
      const { identity, p12 } = await make()
      const path = jceks()
      importInto(path, "JCEKS", p12, "leaf", ...words)
      const blocks = Result.getOrThrow(await read(readFileSync(path), "changeit"))
      const pair = Result.getOrThrow(keyPairFromBlocks(blocks))
      assert.strictEqual(pair.keyPem, identity.keyPem)
      assert.strictEqual(pair.chainPem, identity.chainPem)
    },
    60_000
  )

  it("gives certificates first, then keys by alias with their chains", async () => {
    const { ca, p12 } = await make()
    const second = exportPkcs12(await ca.issue({ cn: "second" }), "secret", "-name", "a-second")
    const path = jceks()
    importInto(path, "JCEKS", p12, "leaf", cheap)
    importInto(path, "JCEKS", second, "a-second", cheap)
    const key = "PRIVATE KEY"
    const entries = [key, "CN=second", key, "CN=java", "CN=Java Intermediate"]
    assert.deepStrictEqual(namesOf(Result.getOrThrow(await read(readFileSync(path), "changeit"))), entries)
    edit(path, "JCEKS", "-importcert", "-noprompt", "-alias", "z", "-file", ca.certPath)
    const blocks = Result.getOrThrow(await read(readFileSync(path), "changeit"))
    assert.deepStrictEqual(namesOf(blocks), ["CN=Java", ...entries])
    assert.deepStrictEqual(
      keyPairFromBlocks(blocks),
      Result.fail(
        "parsing X509 key pair: tls: private key does not match public key (the key belongs to certificate number 2: the certificate of the key must come first)"
      )
    )
  }, 120_000)

  it("refuses another password for the key", async () => {
    const { p12 } = await make()
    const path = jceks()
    importInto(path, "JCEKS", p12, "leaf", "-destkeypass", "different", cheap)
    assert.deepStrictEqual(
      await read(readFileSync(path), "changeit"),
      Result.fail("unable to recover private key 'leaf': decryption failed with the given password")
    )
  }, 120_000)

  it("refuses secret keys", async () => {
    const path = jceks()
    edit(path, "JCEKS", "-genseckey", "-alias", "s", "-keyalg", "AES", "-keysize", "128", "-keypass", "changeit")
    assert.deepStrictEqual(
      await read(readFileSync(path), "changeit"),
      Result.fail("unsupported JCEKS data: file contains a secret key entry")
    )
  }, 120_000)

  it("refuses the keys of JKS, and reads its certificates", async () => {
    const { ca, p12 } = await make()
    const path = newFile(".jks")
    edit(path, "JKS", "-importcert", "-noprompt", "-alias", "ca", "-file", ca.certPath)
    const blocks = Result.getOrThrow(await read(readFileSync(path), "changeit"))
    assert.deepStrictEqual(namesOf(blocks), ["CN=Java"])
    const noKey = "tls: found a certificate rather than a key in the PEM for the private key"
    assert.deepStrictEqual(keyPairFromBlocks(blocks), Result.fail(`parsing X509 key pair: ${noKey}`))
    importInto(path, "JKS", p12, "leaf")
    const why =
      "unable to recover private key 'leaf': the JKS key protector is not supported: convert the file to PKCS#12 with `keytool -importkeystore -deststoretype PKCS12`"
    assert.deepStrictEqual(await read(readFileSync(path), "changeit"), Result.fail(why))
  }, 120_000)
})
