/** Where certificate and key come from: keystores with a password, encrypted keys, passwords in files. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createPrivateKey } from "node:crypto"
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join as joinPath } from "node:path"
import { echoBackend } from "../support/Backend.ts"
import { textOf } from "../support/Endpoint.ts"
import { keytool } from "../support/Keytool.ts"
import { type Launched, launch } from "../support/Launch.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

/** A directory that the sandbox does not open by itself. */
const directory = (stage: Stage): string => {
  const path = mkdtempSync("/var/tmp/gt-credentials-")
  stage.defer(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const put = (path: string, content: string, mode = 0o600): string => {
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

const exportTo = (path: string, identity: TestIdentity, password: string, ...words: ReadonlyArray<string>): string => {
  const fixed = ["pkcs12", "-export", "-in", identity.combinedPath, "-name", "server", "-out", path]
  const env = { ...process.env, PASSWORD: password }
  execFileSync("openssl", [...fixed, "-passout", "env:PASSWORD", ...words], { env, stdio: "pipe" })
  return path
}

const sealedKey = ({ keyPem }: TestIdentity, passphrase: string): string =>
  createPrivateKey(keyPem).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString()

/** Launches a server with these credentials. */
const start = async (
  stage: Stage,
  words: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {}
) => {
  const backend = await echoBackend(stage)
  const listen = await stage.tcp()
  const fixed = ["server", `--listen=${textOf(listen)}`, `--target=${textOf(backend.endpoint)}`, "--allow-all"]
  const tunnel = launch(stage, [...fixed, `--cacert=${(await ca()).certPath}`, ...words], { environment })
  return { tunnel, listen }
}

/** Starts it, and sends something through. */
const serves = async (
  stage: Stage,
  words: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {}
) => {
  const { tunnel, listen } = await start(stage, words, environment)
  await tunnel.waitForLine(/listening for connections on/)
  const peerName = async () => {
    const peer = await join(stage, { listen })
    await peer.echo("who are you")
    return peer.peerName
  }
  assert.equal(await peerName(), "server")
  return { tunnel, peerName }
}

/** Nothing that was printed may hold a password. */
const silentAbout = (tunnel: Launched, password: string) =>
  assert.doesNotMatch(tunnel.stdout + tunnel.stderr, new RegExp(password))

const secret = "s3cret-pässwörd"

const pkcs12 =
  (...how: ReadonlyArray<string>) =>
  async (stage: Stage) => {
    const at = directory(stage)
    const store = exportTo(joinPath(at, "server.p12"), await serverIdentity(), secret, ...how)
    const password = put(joinPath(at, "password"), `${secret}\n`)
    const { tunnel } = await serves(stage, [`--keystore=${store}`, `--storepass-file=${password}`])
    assert.equal(tunnel.count(/^using keystore file on disk as certificate source$/), 1)
    assert.equal(tunnel.count(/warning/), 0)
    silentAbout(tunnel, secret)
  }

/** Ends at once, and says why in the log and on standard error. */
const refuses = (why: string, words: (at: string) => Promise<ReadonlyArray<string>>) => async (stage: Stage) => {
  const at = directory(stage)
  const { tunnel } = await start(stage, await words(at))
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  const message = why.replaceAll("$AT", at)
  assert.equal(tunnel.stderr, `error: ${message}\n`)
  const last = tunnel.messages.at(-1) ?? ""
  assert.ok([`error: ${message}`, `error: unable to load certificates: ${message}`].includes(last), last)
  silentAbout(tunnel, secret)
}

const reading = "reading certificate file \"$AT/s.p12\": failed to parse '$AT/s.p12': unable to read keystore: "

export const serverCredentials = [
  scenario("server-credentials-pkcs12", "control", pkcs12()),
  scenario("server-credentials-pkcs12-legacy", "control", pkcs12("-legacy")),
  scenario(
    "server-credentials-jceks",
    "control",
    async (stage) => {
      const at = directory(stage)
      const from = exportTo(joinPath(at, "from.p12"), await serverIdentity(), "changeit")
      const to = joinPath(at, "server.jceks")
      const source = ["-srckeystore", from, "-srcstoretype", "PKCS12", "-srcstorepass", "changeit"]
      const target = ["-destkeystore", to, "-deststoretype", "JCEKS", "-deststorepass", "changeit"]
      keytool("-importkeystore", "-noprompt", ...source, ...target)
      await serves(stage, [`--keystore=${to}`], { KEYSTORE_PASS: "changeit" })
    },
    ["keytool"]
  ),
  scenario("server-credentials-encrypted-key", "control", async (stage) => {
    const at = directory(stage)
    const identity = await serverIdentity()
    const key = put(joinPath(at, "server.key"), sealedKey(identity, secret))
    const password = put(joinPath(at, "password"), secret)
    const words = [`--cert=${identity.certPath}`, `--key=${key}`]
    silentAbout((await serves(stage, [...words, `--storepass-file=${password}`])).tunnel, secret)
    await serves(stage, words, { KEYSTORE_PASS_FILE: password })
    await serves(stage, words, { KEYSTORE_PASS: secret })
  }),
  scenario("server-credentials-from-service-manager", "control", async (stage) => {
    const [at, credentials] = [directory(stage), directory(stage)]
    const store = exportTo(joinPath(at, "server.p12"), await serverIdentity(), secret)
    put(joinPath(credentials, "keystore-password"), `${secret}\n`)
    const words = [`--keystore=${store}`, "--storepass-file=credential:keystore-password"]
    const { tunnel } = await serves(stage, words, { CREDENTIALS_DIRECTORY: credentials })
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/^.*loaded certificate: CN=server$/)
    assert.equal(tunnel.count(/landlock: |no rule for/), 0)
  }),
  scenario("server-credentials-exposed-password", "control", async (stage) => {
    const at = directory(stage)
    const store = exportTo(joinPath(at, "server.p12"), await serverIdentity(), secret)
    const password = put(joinPath(at, "password"), secret, 0o644)
    const { tunnel } = await serves(stage, [`--keystore=${store}`, `--storepass-file=${password}`])
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const line = `warning: the permissions of the password file "${password}" let every user read it`
    assert.deepEqual(
      tunnel.messages.filter((message) => message.startsWith("warning")),
      [line]
    )
  }),
  scenario("server-credentials-pkcs12-rotation", "control", async (stage) => {
    const at = directory(stage)
    const [store, password] = [joinPath(at, "server.p12"), joinPath(at, "password")]
    exportTo(store, await serverIdentity(), "one")
    put(password, "one\n")
    const { tunnel, peerName } = await serves(stage, [`--keystore=${store}`, `--storepass-file=${password}`])
    exportTo(store, await serverIdentity({ cn: "second" }), "two", "-legacy")
    tunnel.signal("SIGHUP")
    const wrong =
      /error reloading TLS configuration: reading certificate file .*: pkcs12: decryption password incorrect \(the given password does not open it\)$/
    await tunnel.waitForLine(wrong)
    await tunnel.waitForLine(/reloading configuration complete$/)
    assert.equal(await peerName(), "server")
    put(password, "two\n")
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/loaded certificate: CN=second$/)
    await tunnel.waitForLine(/reloading configuration complete$/, 2)
    assert.equal(await peerName(), "second")
  }),
  scenario(
    "server-credentials-wrong-password",
    "control",
    refuses(`${reading}pkcs12: decryption password incorrect (the given password does not open it)`, async (at) => {
      const store = exportTo(joinPath(at, "s.p12"), await serverIdentity(), secret)
      return [`--keystore=${store}`, `--storepass-file=${put(joinPath(at, "password"), `${secret}\n\n`)}`]
    })
  ),
  scenario(
    "server-credentials-no-password",
    "control",
    refuses(
      `${reading}pkcs12: decryption password incorrect (no password was given: give it with --storepass-file)`,
      async (at) => [`--keystore=${exportTo(joinPath(at, "s.p12"), await serverIdentity(), secret)}`]
    )
  ),
  scenario(
    "server-credentials-sealed-key-without-password",
    "control",
    refuses(
      "parsing X509 key pair: tls: failed to parse private key (it is encrypted: give its password with --storepass-file), in keystore '$AT/s.pem'",
      async (at) => {
        const identity = await serverIdentity()
        const store = joinPath(at, "s.pem")
        copyFileSync(identity.certPath, store)
        writeFileSync(store, sealedKey(identity, secret), { flag: "a" })
        return [`--keystore=${store}`]
      }
    )
  ),
  scenario(
    "server-credentials-missing-password-file",
    "control",
    refuses('reading password file "$AT/none": open $AT/none: no such file or directory', async (at) => [
      `--keystore=${exportTo(joinPath(at, "s.p12"), await serverIdentity(), secret)}`,
      `--storepass-file=${at}/none`
    ])
  ),
  scenario(
    "server-credentials-no-service-manager",
    "control",
    refuses(
      'reading password file "credential:x": $CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential=',
      async (at) => [
        `--keystore=${exportTo(joinPath(at, "s.p12"), await serverIdentity(), secret)}`,
        "--storepass-file=credential:x"
      ]
    )
  ),
  scenario(
    "server-credentials-two-passwords",
    "control",
    refuses(
      "--storepass (or KEYSTORE_PASS) and --storepass-file (or KEYSTORE_PASS_FILE) are mutually exclusive",
      async () => ["--keystore=s.p12", `--storepass=${secret}`, "--storepass-file=x"]
    )
  )
]

runTopic("server-credentials", serverCredentials)
