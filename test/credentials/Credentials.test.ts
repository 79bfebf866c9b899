import { execFileSync } from "node:child_process"
import { createPrivateKey } from "node:crypto"
import { chmodSync, copyFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { assertExitFailure, assertFailure } from "@effect/vitest/utils"
import { Cause, Effect, Redacted, Result } from "effect"
import type { CredentialSource } from "../../src/config/CredentialConfig.ts"
import { CredentialError } from "../../src/credentials/CredentialError.ts"
import { Credentials } from "../../src/credentials/Credentials.ts"
import { certificateSourceLine } from "../../src/credentials/FileSource.ts"
import { keyInMemory, pemKey } from "../../src/credentials/TlsMaterial.ts"
import { build, failureOf, files, keyPair, keystore, none } from "../support/CredentialFiles.ts"
import { disposeTestCas } from "../support/TestCa.ts"

afterAll(disposeTestCas)

describe("Credentials", () => {
  it.effect("loads certificate, key and anchors when built", () =>
    Effect.gen(function* () {
      const { ca, first, paths } = yield* files
      const material = (yield* build(keyPair(paths.cert, paths.key), paths.ca)).current()
      assert.deepStrictEqual(material, {
        generation: 1,
        identity: { chainPem: first.certPem, key: pemKey(first.keyPem) },
        subject: "CN=first,OU=a+OU=b",
        trustAnchors: [ca.certPem]
      })
    })
  )

  it.effect("gives what OpenSSL takes", () =>
    Effect.gen(function* () {
      const { deep, paths } = yield* files
      const { identity, trustAnchors } = (yield* build(keystore(deep.combinedPath), paths.ca)).current()
      assert.strictEqual(identity?.chainPem, deep.chainPem)
      const key = identity && Result.getOrThrow(keyInMemory(identity.key))
      assert.doesNotThrow(() => createSecureContext({ cert: identity?.chainPem, key, ca: [...trustAnchors] }))
    })
  )

  it.effect("loads anchors alone without an identity", () =>
    Effect.gen(function* () {
      const { ca, paths } = yield* files
      const material = (yield* build(none, paths.ca)).current()
      assert.deepStrictEqual(material, { generation: 1, identity: undefined, subject: "", trustAnchors: [ca.certPem] })
    })
  )

  it.effect("takes swapped files and keystores without extension", () =>
    Effect.gen(function* () {
      const { first, put, paths } = yield* files
      assert.strictEqual(
        (yield* build(keyPair(paths.key, paths.cert), paths.ca)).current().subject,
        "CN=first,OU=a+OU=b"
      )
      const plain = put("keystore", first.keyPem + first.certPem)
      assert.deepStrictEqual((yield* build(keystore(plain), paths.ca)).current().identity?.key, pemKey(first.keyPem))
      const shouting = put("KEYSTORE.PEM", `\ntext\n${first.certPem}${first.keyPem}`)
      assert.strictEqual((yield* build(keystore(shouting), paths.ca)).current().generation, 1)
    })
  )

  it.effect("says what is wrong with the files", () =>
    Effect.gen(function* () {
      const { ca, first, second, at, put, paths } = yield* files
      const missing = at("missing.pem")
      const gone = `open ${missing}: no such file or directory`
      const reading = (path: string) => `reading certificate file "${path}": `
      const text = (name: string, content: string) => put(name, content)
      const parsing = "parsing X509 key pair: "
      const noKey = "tls: found a certificate rather than a key in the PEM for the private key"
      const switched =
        "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"
      const noPem = "has no line that begins with `-----BEGIN `: it is not PEM"
      const rows: ReadonlyArray<readonly [CredentialSource, string | undefined, string]> = [
        [keyPair(missing, paths.key), paths.ca, `${reading(missing)}${gone}`],
        [keyPair(paths.cert, missing), paths.ca, `reading private key file "${missing}": ${gone}`],
        [keystore(missing), paths.ca, `${reading(missing)}${gone}`],
        [keystore(at(".")), paths.ca, `${reading(at("."))}read ${at(".")}: is a directory`],
        [keyPair(paths.cert, paths.key), missing, `loading trust store: ${gone}`],
        [none, missing, `loading trust store: ${gone}`],
        [
          none,
          first.keyPath,
          `loading trust store: unable to read certificates from CA bundle (the file '${first.keyPath}' holds no certificate, only PRIVATE KEY)`
        ],
        [
          keyPair(paths.cert, second.keyPath),
          paths.ca,
          `${parsing}tls: private key does not match public key (the key is not that of the first certificate), in certificate file '${paths.cert}' and private key file '${second.keyPath}'`
        ],
        [
          keyPair(text("late.pem", ca.certPem + first.certPem), paths.key),
          paths.ca,
          `${parsing}tls: private key does not match public key (the key belongs to certificate number 2: the certificate of the key must come first), in certificate file '${at("late.pem")}' and private key file '${paths.key}'`
        ],
        [
          keyPair(text("empty.pem", ""), paths.key),
          paths.ca,
          `${parsing}${switched} (certificate file '${at("empty.pem")}' is empty)`
        ],
        [
          keyPair(text("cut.pem", first.certPem.slice(0, 300)), paths.key),
          paths.ca,
          `${parsing}${switched} (certificate file '${at("cut.pem")}' is cut off: the block CERTIFICATE has no complete END line)`
        ],
        [
          keyPair(paths.cert, text("indented.key", first.keyPem.replaceAll(/^/gm, "  "))),
          paths.ca,
          `${parsing}${noKey} (private key file '${at("indented.key")}' has indented BEGIN or END lines: remove the white space before \`-----\`)`
        ],
        [
          keyPair(paths.cert, put("utf16.key", Buffer.from(first.keyPem, "utf16le"))),
          paths.ca,
          `${parsing}${noKey} (private key file '${at("utf16.key")}' is UTF-16 text: save it as UTF-8 or ASCII)`
        ],
        [
          keyPair(paths.key, paths.key),
          paths.ca,
          `${parsing}tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [PRIVATE KEY PRIVATE KEY] (certificate file '${paths.key}' holds no certificate, only PRIVATE KEY)`
        ],
        [
          keyPair(
            paths.cert,
            text("ssh.key", first.keyPem.replaceAll("PRIVATE", "OPENSSH PRIVATE").replace("MI", "AA"))
          ),
          paths.ca,
          `${parsing}tls: failed to parse private key (it is in OpenSSH's own format: convert a copy with \`ssh-keygen -p -m PKCS8 -f FILE\`), in private key file '${at("ssh.key")}'`
        ],
        [
          keystore(text("blank", `\n${first.certPem}${first.keyPem}`)),
          paths.ca,
          `${reading(at("blank"))}unable to guess file format`
        ],
        [
          keystore(text("short", "abc")),
          paths.ca,
          `${reading(at("short"))}unable to read file: EOF (the file ${noPem})`
        ],
        [
          keystore(text("none.pem", "")),
          paths.ca,
          `${reading(at("none.pem"))}no certificates found (keystore '${at("none.pem")}' is empty)`
        ],
        [keystore(text("none", "")), paths.ca, `${reading(at("none"))}unable to read file: EOF (the file is empty)`],
        [
          keystore(text("none.p12", "")),
          paths.ca,
          `${reading(at("none.p12"))}failed to parse '${at("none.p12")}': unable to read keystore: pkcs12: error reading P12 data: asn1: truncated (the file is empty)`
        ],
        [
          keystore(text("junk.pem", "junk")),
          paths.ca,
          `${reading(at("junk.pem"))}no certificates found (keystore '${at("junk.pem")}' ${noPem})`
        ],
        [
          keyPair(at("junk.pem"), at("empty.pem")),
          paths.ca,
          `${reading(at("junk.pem"))}no certificates found (certificate file '${at("junk.pem")}' ${noPem}; private key file '${at("empty.pem")}' is empty)`
        ],
        [
          keystore(ca.certPath),
          paths.ca,
          `${parsing}${noKey} (keystore '${ca.certPath}' holds no private key, only CERTIFICATE)`
        ]
      ]
      for (const [source, caPath, message] of rows) assert.strictEqual(yield* failureOf(source, caPath), message)
    })
  )

  it.effect("opens keystores of every format, by extension or by content", () =>
    Effect.gen(function* () {
      const { ca, deep, at, put, paths } = yield* files
      const environment = { ...process.env, PASSWORD: "päss" }
      const words = ["pkcs12", "-export", "-in", deep.combinedPath, "-passout", "env:PASSWORD", "-out", at("store.p12")]
      execFileSync("openssl", words, { env: environment })
      copyFileSync(at("store.p12"), at("store"))
      copyFileSync(at("store.p12"), at("p12.jks"))
      for (const path of [at("store.p12"), at("store"), at("p12.jks")]) {
        const { identity, subject } = (yield* build(keystore(path, "päss"), paths.ca)).current()
        assert.deepStrictEqual([identity, subject], [{ chainPem: deep.chainPem, key: pemKey(deep.keyPem) }, "CN=deep"])
      }
      put("store.jks", "anything")
      put("java", Buffer.concat([Buffer.from("feedfeed00000002", "hex"), Buffer.alloc(30)]))
      put("ca.der", ca.der)
      put("wrong.p12", deep.certPem)
      copyFileSync(at("store.p12"), at("store.pem"))
      const tampered = "integrity protection violation: keystore was tampered with or password was incorrect"
      const noPassword = "no password was given: give it with --storepass-file"
      const foreign = "unsupported JCEKS data: not a JCEKS or JKS file"
      const rows = [
        ["store.p12", "wrong", "pkcs12: decryption password incorrect (the given password does not open it)"],
        ["store", undefined, `pkcs12: decryption password incorrect (${noPassword})`],
        ["store.jks", "päss", foreign],
        ["p12.jks", "wrong", "pkcs12: decryption password incorrect (the given password does not open it)"],
        ["java", "päss", tampered],
        [
          "java",
          undefined,
          `password is unsupported by JCEKS format: empty passwords are not interoperable (${noPassword})`
        ],
        ["wrong.p12", "päss", "pkcs12: error reading P12 data: asn1: truncated"]
      ] as const
      for (const [name, password, why] of rows) {
        const start = `reading certificate file "${at(name)}": failed to parse '${at(name)}': unable to read keystore: `
        assert.strictEqual(yield* failureOf(keystore(at(name), password), paths.ca), `${start}${why}`)
      }
      const none = `reading certificate file "${at("store.pem")}": no certificates found (keystore '${at("store.pem")}' is PKCS#12, not PEM: give it with --keystore)`
      assert.strictEqual(yield* failureOf(keystore(at("store.pem"), "päss"), paths.ca), none)
      const noKey = "tls: found a certificate rather than a key in the PEM for the private key"
      assert.strictEqual(
        yield* failureOf(keystore(at("ca.der")), paths.ca),
        `parsing X509 key pair: ${noKey}, in keystore '${at("ca.der")}'`
      )
    })
  )

  it.effect("opens encrypted keys in PEM, in a pair and in a keystore", () =>
    Effect.gen(function* () {
      const { first, put, paths } = yield* files
      const key = createPrivateKey(first.keyPem)
      const sealed = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
      const pair = keyPair(paths.cert, put("sealed.key", sealed))
      const store = keystore(put("sealed.pem", first.certPem + sealed))
      const failed = "parsing X509 key pair: tls: failed to parse private key"
      const places = [`private key file '${pair.keyPath}'`, `keystore '${store.path}'`]
      for (const [index, source] of [pair, store].entries()) {
        const password = Redacted.make("secret")
        assert.deepStrictEqual(
          (yield* build({ ...source, password }, paths.ca)).current().identity?.key,
          pemKey(first.keyPem)
        )
        assert.strictEqual(
          yield* failureOf(source, paths.ca),
          `${failed} (it is encrypted: give its password with --storepass-file), in ${places[index]}`
        )
        assert.strictEqual(
          yield* failureOf({ ...source, password: Redacted.make("other") }, paths.ca),
          `${failed} (it is encrypted, and the password does not open it), in ${places[index]}`
        )
      }
    })
  )

  it.effect("reads the password from its file at every reload, and warns once when any user can", () =>
    Effect.gen(function* () {
      const { first, second, at, put, paths } = yield* files
      const lines: Array<string> = []
      const seal = ({ certPem, keyPem }: typeof first, passphrase: string) => {
        const sealed = createPrivateKey(keyPem).export({
          type: "pkcs8",
          format: "pem",
          cipher: "aes-128-cbc",
          passphrase
        })
        put("sealed.pem", certPem + sealed)
        writeFileSync(at("password"), `${passphrase}\n`, { mode: 0o644 })
      }
      seal(first, "one")
      const source = { ...keystore(at("sealed.pem")), passwordPath: "credential:password" } as const
      const environment = { CREDENTIALS_DIRECTORY: at(".") }
      const credentials = yield* Credentials.pipe(
        Effect.provide(Credentials.layer(source, paths.ca, environment, { warn: (line) => lines.push(line) }))
      )
      seal(second, "two")
      assert.strictEqual((yield* credentials.reload).subject, "CN=second")
      assert.deepStrictEqual(lines, [
        'warning: the permissions of the password file "credential:password" let every user read it'
      ])
      rmSync(at("password"))
      const gone = `reading password file "credential:password": open ${at("password")}: no such file or directory`
      assertFailure(yield* Effect.result(credentials.reload), new CredentialError({ message: gone }))
      assert.strictEqual(credentials.current().subject, "CN=second")
      const both = { ...source, password: Redacted.make("x") }
      assert.strictEqual(yield* failureOf(both, paths.ca), "both a password and a password file are given: choose one")
    })
  )

  it.effect("fails the layer with a typed error", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(build(none, "/nowhere"))
      const message = "loading trust store: open /nowhere: no such file or directory"
      assertExitFailure(exit, Cause.fail(new CredentialError({ message, part: "trust_anchors" })))
    })
  )

  it.effect("reads nothing beyond 50 MB", () =>
    Effect.gen(function* () {
      const { put, paths } = yield* files
      const huge = put("huge.pem", "")
      truncateSync(huge, 50 * 1024 * 1024 + 1)
      assert.match(yield* failureOf(keystore(huge), paths.ca), /read .*huge\.pem: file is larger than 50 MB$/)
    })
  )

  it.effect("says that a file may not be read", () =>
    Effect.gen(function* () {
      const { paths } = yield* files
      chmodSync(paths.key, 0)
      const isRoot = process.geteuid?.() === 0
      // Nothing is forbidden to root, so it reads as nobody. This process runs this file alone.
      if (isRoot)
        yield* Effect.acquireRelease(
          Effect.sync(() => process.seteuid?.(65534)),
          () => Effect.sync(() => process.seteuid?.(0))
        )
      assert.match(yield* failureOf(keyPair(paths.cert, paths.key), paths.ca), /open .*: permission denied$/)
    })
  )
})

describe("certificateSourceLine", () => {
  it.each([
    [keyPair("c", "k"), "using cert/key files on disk as certificate source"],
    [keystore("k"), "using keystore file on disk as certificate source"],
    [none, "no cert source configured -- running without certificate"]
  ] as const)("%j", (source, line) => assert.strictEqual(certificateSourceLine(source), line))
})
