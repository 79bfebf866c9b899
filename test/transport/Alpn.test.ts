/** Application protocols (RFC 7301) through both ends of the transport, against Node's and OpenSSL's own peers. */
import { execFile } from "node:child_process"
import { createServer, type TLSSocket } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { TlsOptions } from "../../src/config/TlsOptions.ts"
import { Transport } from "../../src/transport/Transport.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import {
  endpoint,
  Inbox,
  listening,
  materialOf,
  pki,
  portOf,
  readAll,
  target,
  tls12Options,
  tlsOptions,
  tlsPeer,
  verified,
  verifiedServer,
  within,
  withTransport
} from "./support/Harness.ts"

afterAll(disposeTestCas)

type Names = ReadonlyArray<string>

const accepting = (options: TlsOptions) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client, server } = yield* pki
    const asked = { requestCertificate: true, sendCaNames: true }
    const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), { ...options, ...asked })
    const { listener, raws } = yield* listening()
    const accepted = Effect.flatMap(raws.take, (raw) =>
      transport.accept(raw, { context, judge: verified, deadline: within() })
    )
    const credentials = { ca: ca.certPem, cert: client.chainPem, key: client.keyPem }
    return { accepted, ca, client, credentials, listener }
  })

/** A server of Node's; its names are all it knows. */
const nodeServer = (names: Names, maxVersion: "TLSv1.2" | "TLSv1.3") =>
  Effect.gen(function* () {
    const { server: identity } = yield* pki
    const sockets = new Inbox<TLSSocket>()
    const own = names.length === 0 ? {} : { ALPNProtocols: [...names] }
    const server = createServer({ cert: identity.chainPem, key: identity.keyPem, maxVersion, ...own }, (socket) => {
      socket.on("error", () => {})
      sockets.put(socket)
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
    yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
    const bound = server.address()
    return { sockets, text: `127.0.0.1:${typeof bound === "object" ? bound?.port : ""}` }
  })

const dialling = (text: string, options: TlsOptions) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client } = yield* pki
    const context = yield* transport.clientTls(materialOf(client, [ca.certPem]), options)
    const tls = { context, serverName: "localhost", judge: verifiedServer }
    return yield* transport.dial({ target: target(text), deadline: within(), tls })
  })

const offer = (names: Names) => (names.length === 0 ? {} : { ALPNProtocols: [...names] })
const say = (names: Names) => (names.length === 0 ? "nothing" : names.join(" and "))
const long = "p".repeat(255)

const agreements: ReadonlyArray<readonly [server: Names, client: Names, agreed: string | undefined]> = [
  [["h2", "http/1.1"], ["http/1.1", "h2"], "h2"],
  [["http/1.1", "h2"], ["h2", "http/1.1"], "http/1.1"],
  [["a", "b"], ["c", "b"], "b"],
  [["überall"], ["x", "überall"], "überall"],
  [[long], [long], long],
  [["h2", "h2"], ["h2", "h2"], "h2"],
  [["h2"], [], undefined],
  [[], ["h2"], undefined],
  [[], [], undefined]
]

for (const versions of [tls12Options, tlsOptions]) {
  describe(`application protocols on ${versions.maxVersion}`, () => {
    for (const [server, client, agreed] of agreements) {
      it.live(`a server of ${say(server)} and a client of ${say(client)} agree on ${agreed ?? "none"}`, () =>
        withTransport(
          Effect.gen(function* () {
            const side = yield* accepting({ ...versions, alpn: server })
            const peer = yield* tlsPeer(endpoint(side.listener), { ...side.credentials, ...offer(client) })
            const stream = yield* side.accepted
            assert.strictEqual(stream.tls?.alpn, agreed)
            assert.isUndefined(yield* Effect.promise(() => peer.secured))
            stream.close()
          })
        )
      )
      it.live(`a client of ${say(client)} is told ${agreed ?? "none"} by a server of ${say(server)}`, () =>
        withTransport(
          Effect.gen(function* () {
            const { sockets, text } = yield* nodeServer(server, versions.maxVersion)
            const stream = yield* dialling(text, { ...versions, alpn: client })
            assert.strictEqual(stream.tls?.alpn, agreed)
            stream.close()
            yield* readAll(yield* sockets.take)
          })
        )
      )
    }

    it.live("nothing in common ends a server's handshake with alert 120", () =>
      withTransport(
        Effect.gen(function* () {
          const side = yield* accepting({ ...versions, alpn: ["h2", "http/1.1"] })
          const words = ["s_client", "-connect", `127.0.0.1:${portOf(side.listener)}`, "-alpn", "imap,pop3"]
          const files = ["-CAfile", side.ca.certPath, "-cert", side.client.certPath, "-key", side.client.keyPath]
          const said = new Promise<string>((done) => {
            execFile("openssl", [...words, ...files], (_error, out, err) => done(out + err)).stdin?.end()
          })
          assert.deepInclude(yield* Effect.flip(side.accepted), {
            source: "peer",
            reason: "protocol",
            message: "tls: client requested unsupported application protocols"
          })
          assert.match(yield* Effect.promise(() => said), /SSL alert number 120/)
        })
      )
    )
    it.live("nothing in common is an alert to a client", () =>
      withTransport(
        Effect.gen(function* () {
          const { text } = yield* nodeServer(["h2"], versions.maxVersion)
          assert.deepInclude(yield* Effect.flip(dialling(text, { ...versions, alpn: ["imap"] })), {
            _tag: "DialFailed",
            reason: "alert",
            message: "remote error: tls: no application protocol"
          })
        })
      )
    )
  })
}
