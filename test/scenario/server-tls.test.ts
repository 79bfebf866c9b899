/** What a server tunnel negotiates, and the words for what it does not (docs/compatibility/credentials.md, 3 and 10.2). */
import assert from "node:assert/strict"
import type { ConnectionOptions, TLSSocket } from "node:tls"
import { type Backend, echoBackend } from "../support/Backend.ts"
import { textOf } from "../support/Endpoint.ts"
import { rowAtRest, waitForRowSince } from "../support/Metrics.ts"
import { runTool } from "../support/Program.ts"
import { type Stage, shared } from "../support/Stage.ts"
import type { IdentitySpec } from "../support/TestCa.ts"
import { attemptTls } from "../support/TlsClient.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { ca, clientIdentity, foreignCa, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const groupOf = (socket: TLSSocket): unknown => {
  const key: unknown = socket.getEphemeralKeyInfo()
  return typeof key === "object" && key !== null && "name" in key ? key.name : key
}
const only = (version: "TLSv1.2" | "TLSv1.3", more: ConnectionOptions = {}): ConnectionOptions => ({
  minVersion: version,
  maxVersion: version,
  ...more
})

interface Started {
  readonly backend: Backend
  readonly tunnel: Tunnel
}
const started = new Map<string, (stage: Stage) => Promise<Started>>()

/** The tunnel of all scenarios with these flags and this identity, and what is behind it. */
const starts = (stage: Stage, words: ReadonlyArray<string>, identity: IdentitySpec = {}): Promise<Started> => {
  const key = JSON.stringify([words, identity])
  const start =
    started.get(key) ??
    shared(async (common) => {
      const backend = await echoBackend(common)
      const builder = (await serverTunnel(common))
        .identity(await serverIdentity(identity))
        .allowAll()
        .status()
      return {
        backend,
        tunnel: await builder
          .target(backend)
          .args(...words)
          .start()
      }
    })
  started.set(key, start)
  return start(stage)
}

const negotiates =
  (
    settings: ConnectionOptions,
    check: (socket: TLSSocket) => void,
    words: ReadonlyArray<string> = [],
    own: IdentitySpec = {}
  ) =>
  async (stage: Stage) => {
    const { tunnel } = await starts(stage, words, own)
    const peer = await join(stage, tunnel, { settings })
    await peer.echo("negotiated")
    check(peer.tls)
  }

const refuses =
  (settings: ConnectionOptions, phrase: string, words: ReadonlyArray<string> = [], own: IdentitySpec = {}) =>
  async (stage: Stage) => {
    const { backend, tunnel } = await starts(stage, words, own)
    const before = await rowAtRest(tunnel)
    const served = backend.connections.length
    const line = new RegExp(`error on TLS handshake from 127\\.0\\.0\\.1:\\d+: ${phrase}$`)
    const told = tunnel.count(line)
    const identity = await clientIdentity()
    const attempt = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity, settings }, "no")
    assert.deepEqual([attempt.completed, attempt.received], [false, ""])
    await tunnel.waitForLine(line, told + 1)
    await waitForRowSince(tunnel, before, [0, 0, 1, 0, 1, 0, 1, 1])
    assert.equal(backend.connections.length, served)
  }

const group = (name: string) => (socket: TLSSocket) => assert.equal(groupOf(socket), name)
const suite = (name: string) => (socket: TLSSocket) => assert.equal(socket.getCipher().name, name)

const noVersion = "tls: client offered only unsupported versions"
const noSuite = "tls: no cipher suite supported by both client and server"
const noGroup = "tls: no key exchanges supported by both client and server"
const azure = ["--cipher-suites=AES,UNSAFE-AZURE", "--allow-unsafe-cipher-suites"]
const cbc = only("TLSv1.2", { ciphers: "ECDHE-RSA-AES128-SHA256" })
const chacha = "ECDHE-ECDSA-CHACHA20-POLY1305"
const aes = "ECDHE-ECDSA-AES128-GCM-SHA256"

const groups = { "p-256": ["P-256", "prime256v1"], "p-384": ["P-384", "secp384r1"], "p-521": ["P-521", "secp521r1"] }

export const serverTls: ReadonlyArray<Scenario> = [
  scenario(
    "server-tls-post-quantum-only",
    "data-path",
    negotiates(only("TLSv1.3", { ecdhCurve: "X25519MLKEM768" }), (socket) => {
      // Node names no group that is not an elliptic curve: there was no other one to choose.
      assert.equal(socket.getProtocol(), "TLSv1.3")
    })
  ),
  scenario("server-tls-x25519-only", "data-path", negotiates({ ecdhCurve: "X25519" }, group("X25519"))),
  ...Object.entries(groups).map(([name, [wanted = "", shown = ""]]) =>
    scenario(`server-tls-${name}-only`, "data-path", negotiates({ ecdhCurve: wanted }, group(shown)))
  ),
  scenario("server-tls-no-group", "data-path", refuses(only("TLSv1.3", { ecdhCurve: "X448" }), noGroup)),
  scenario(
    "server-tls-prefers-aes128",
    "data-path",
    negotiates({ ciphers: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256" }, suite("TLS_AES_128_GCM_SHA256"))
  ),
  scenario(
    "server-tls-chacha-where-the-client-prefers-it",
    "data-path",
    negotiates(
      { ciphers: "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256" },
      suite("TLS_CHACHA20_POLY1305_SHA256")
    )
  ),
  scenario(
    "server-tls-no-suite",
    "data-path",
    refuses(only("TLSv1.2", { ciphers: "ECDHE-ECDSA-AES128-SHA" }), noSuite)
  ),
  scenario(
    "server-tls-suites-chacha",
    "data-path",
    negotiates(only("TLSv1.2", { ciphers: `${aes}:${chacha}` }), suite(chacha), ["--cipher-suites=CHACHA"])
  ),
  scenario(
    "server-tls-suites-leave-tls13-alone",
    "data-path",
    negotiates({ ciphers: "TLS_AES_128_GCM_SHA256" }, suite("TLS_AES_128_GCM_SHA256"), ["--cipher-suites=CHACHA"])
  ),
  scenario(
    "server-tls-suites-aes",
    "data-path",
    refuses(only("TLSv1.2", { ciphers: chacha }), noSuite, ["--cipher-suites=AES"])
  ),
  scenario(
    "server-tls-suites-order-of-the-flag",
    "data-path",
    negotiates(only("TLSv1.2", { ciphers: `${aes}:${chacha}` }), suite(aes), ["--cipher-suites=CHACHA, AES"])
  ),
  scenario(
    "server-tls-unsafe-suites",
    "data-path",
    negotiates(cbc, suite("ECDHE-RSA-AES128-SHA256"), azure, { key: "rsa" })
  ),
  scenario("server-tls-no-unsafe-suites", "data-path", refuses(cbc, noSuite, [], { key: "rsa" })),
  scenario(
    "server-tls-old-version",
    "data-path",
    refuses(
      { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" },
      `${noVersion}: \\[302 301\\]`
    )
  ),
  scenario("server-tls-max-version", "data-path", refuses(only("TLSv1.3"), noVersion, ["--max-tls-version=tls1.2"])),
  scenario(
    "server-tls-below-max-version",
    "data-path",
    negotiates({}, (socket) => assert.equal(socket.getProtocol(), "TLSv1.2"), ["--max-tls-version=TLS1.2"])
  ),
  scenario(
    "server-tls-ignores-alpn",
    "data-path",
    negotiates({ ALPNProtocols: ["h2", "http/1.1"] }, (socket) => assert.equal(socket.alpnProtocol, false))
  ),
  ...["tls1_2", "tls1_3"].map((version) =>
    scenario(`server-tls-distrusted-by-openssl-${version.replace("1_", "1")}`, "data-path", async (stage) => {
      const { tunnel } = await starts(stage, [])
      const [trusted, { certPath, keyPath }] = [(await foreignCa()).certPath, await clientIdentity()]
      const files = ["-CAfile", trusted, "-verify_return_error", "-cert", certPath, "-key", keyPath]
      const line = /error on TLS handshake from .*: remote error: tls: unknown certificate authority$/
      const told = tunnel.count(line)
      await runTool(stage, "openssl", ["s_client", "-connect", textOf(tunnel.listen), `-${version}`, ...files])
      await tunnel.waitForLine(line, told + 1)
    })
  ),
  ...(["TLSv1.2", "TLSv1.3"] as const).map((version) =>
    scenario(`server-tls-never-resumes-${version === "TLSv1.2" ? "tls12" : "tls13"}`, "data-path", async (stage) => {
      const { tunnel } = await starts(stage, [])
      const first = await join(stage, tunnel, { version })
      const tickets: Array<Buffer> = []
      first.tls.on("session", (session: Buffer) => tickets.push(session))
      await first.echo("first")
      const session = first.tls.getSession() ?? tickets[0]
      // With TLS 1.3 OpenSSL hands out names of sessions that nobody keeps.
      if (version === "TLSv1.2") assert.equal(first.tls.getTLSTicket(), undefined)
      assert.notEqual(session, undefined)
      const second = await join(stage, tunnel, { version, settings: session === undefined ? {} : { session } })
      await second.echo("second")
      assert.equal(second.tls.isSessionReused(), false)
    })
  )
]

runTopic("server-tls", serverTls)
