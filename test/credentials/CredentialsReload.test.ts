/** Reloading: everything once more, or nothing. */
import { execFileSync } from "node:child_process"
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { assertFailure } from "@effect/vitest/utils"
import { Effect } from "effect"
import { CredentialError } from "../../src/credentials/CredentialError.ts"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { build, files, keyPair, keystore, none } from "../support/CredentialFiles.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

describe("Credentials.reload", () => {
  it.effect("reads everything once more", () =>
    Effect.gen(function* () {
      const { first, second, paths } = yield* files
      const other = yield* Effect.promise(() => makeCa("Other"))
      const credentials = yield* build(keyPair(paths.cert, paths.key), paths.ca)
      const before = credentials.current()
      copyFileSync(second.certPath, paths.cert)
      copyFileSync(second.keyPath, paths.key)
      copyFileSync(other.certPath, paths.ca)
      assert.strictEqual(credentials.current(), before)
      const after = yield* credentials.reload
      assert.strictEqual(credentials.current(), after)
      assert.deepStrictEqual(after, {
        generation: 2,
        identity: { chainPem: second.certPem, key: pemKey(second.keyPem) },
        subject: "CN=second",
        trustAnchors: [other.certPem]
      })
      assert.strictEqual(before.identity?.chainPem, first.certPem)
      assert.strictEqual((yield* credentials.reload).generation, 3)
    })
  )

  it.effect("changes nothing when any of the files is bad", () =>
    Effect.gen(function* () {
      const { second, put, paths } = yield* files
      const credentials = yield* build(keyPair(paths.cert, paths.key), paths.ca)
      const before = credentials.current()
      const originals = [paths.cert, paths.key, paths.ca].map((path) => [path, readFileSync(path)] as const)
      const restore = () => {
        for (const [path, bytes] of originals) writeFileSync(path, bytes)
      }
      const breakages: ReadonlyArray<() => void> = [
        () => rmSync(paths.ca),
        () => void put("ca.pem", "broken"),
        () => rmSync(paths.key),
        () => void put("cert.pem", second.certPem),
        () => void put("key.pem", second.keyPem),
        () => void put("cert.pem", ""),
        () => {
          put("cert.pem", second.certPem)
          put("key.pem", second.keyPem)
          put("ca.pem", "broken")
        }
      ]
      for (const breakIt of breakages) {
        breakIt()
        assert.instanceOf(yield* Effect.flip(credentials.reload), CredentialError)
        assert.strictEqual(credentials.current(), before)
        restore()
      }
      assert.strictEqual((yield* credentials.reload).generation, 2)
    })
  )

  it.effect("picks up a rotation in two steps", () =>
    Effect.gen(function* () {
      const { second, paths } = yield* files
      const credentials = yield* build(keyPair(paths.cert, paths.key), paths.ca)
      copyFileSync(second.certPath, paths.cert)
      const half = yield* Effect.result(credentials.reload)
      const why = `(the key is not that of the first certificate), in certificate file '${paths.cert}' and private key file '${paths.key}'`
      const message = `parsing X509 key pair: tls: private key does not match public key ${why}`
      assertFailure(half, new CredentialError({ message }))
      copyFileSync(second.keyPath, paths.key)
      assert.strictEqual((yield* credentials.reload).subject, "CN=second")
    })
  )

  it.effect("reads the system's roots once", () =>
    Effect.gen(function* () {
      const { ca, put, at } = yield* files
      const other = yield* Effect.promise(() => makeCa("Other"))
      const environment = { SSL_CERT_FILE: put("roots.pem", ca.certPem), SSL_CERT_DIR: at("nowhere") }
      const credentials = yield* build(none, undefined, environment)
      assert.deepStrictEqual(credentials.current().trustAnchors, [ca.certPem])
      put("roots.pem", other.certPem)
      assert.deepStrictEqual((yield* credentials.reload).trustAnchors, [ca.certPem])
    })
  )

  it.effect("trusts nobody where there are no roots", () =>
    Effect.gen(function* () {
      const { at } = yield* files
      const environment = { SSL_CERT_FILE: at("nowhere"), SSL_CERT_DIR: at("nowhere") }
      assert.deepStrictEqual((yield* build(none, undefined, environment)).current().trustAnchors, [])
    })
  )

  it.effect("does not mix reloads that run at once", () =>
    Effect.gen(function* () {
      const { first, at, paths } = yield* files
      // A keystore takes its time to open.
      const words = ["pkcs12", "-export", "-in", first.combinedPath, "-passout", "pass:x", "-out", at("store.p12")]
      execFileSync("openssl", words)
      const credentials = yield* build(keystore(at("store.p12"), "x"), paths.ca)
      const reloads = Array.from({ length: 8 }, () => credentials.reload)
      const generations = (yield* Effect.all(reloads, { concurrency: "unbounded" })).map(({ generation }) => generation)
      assert.deepStrictEqual(generations.toSorted(), [2, 3, 4, 5, 6, 7, 8, 9])
      assert.strictEqual(credentials.current().generation, 9)
    })
  )
})
