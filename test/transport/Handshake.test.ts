import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Judge, Verdict } from "../../src/access/Verdict.ts"
import { Transport } from "../../src/transport/Transport.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import {
  admitted,
  anybody,
  endpoint,
  listening,
  materialOf,
  pki,
  plainPeer,
  readAll,
  recording,
  tls12Options,
  tlsOptions,
  tlsPeer,
  verified,
  within,
  withTransport
} from "./support/Harness.ts"

afterAll(disposeTestCas)

const serverSide = (judge: Judge, change: Partial<ServerSide> = {}) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client, server } = yield* pki
    const { deadline, options = tlsOptions, requestCertificate = true, text = "127.0.0.1:0" } = change
    const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), {
      ...options,
      requestCertificate,
      sendCaNames: true
    })
    const { listener, raws } = yield* listening(text)
    const accepting = Effect.flatMap(raws.take, (raw) =>
      transport.accept(raw, { context, judge, deadline: within(deadline) })
    )
    const credentials = { ca: ca.certPem, cert: client.chainPem, key: client.keyPem }
    return { accepting, ca, client, credentials, listener, server }
  })
interface ServerSide {
  readonly deadline: number | undefined
  readonly options: typeof tlsOptions
  readonly requestCertificate: boolean
  readonly text: string
}

const failureOf = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)

let sockets = 0
const networks = ["tcp", "unix"] as const
const listenOn = (network: (typeof networks)[number]) =>
  network === "tcp" ? "127.0.0.1:0" : `unix:${join(tmpdir(), `gt-hs-${process.pid}-${++sockets}.sock`)}`

const cases: ReadonlyArray<{ readonly name: string; readonly why: RegExp }> = [
  { name: "untrusted", why: /unknown authority/ },
  { name: "self-signed", why: /unknown authority/ },
  { name: "expired", why: /has expired or is not yet valid/ },
  { name: "not yet valid", why: /has expired or is not yet valid/ },
  { name: "wrong key usage", why: /incompatible key usage/ }
]

const badClient = (name: string) =>
  Effect.gen(function* () {
    const { makeCa } = yield* Effect.promise(() => import("../support/TestCa.ts"))
    const { ca } = yield* pki
    return yield* Effect.promise(async () => {
      if (name === "untrusted") return (await makeCa("stranger")).issue({ cn: "client", eku: "client" })
      if (name === "self-signed") return ca.issue({ cn: "client", eku: "client", selfSigned: true })
      if (name === "expired") return ca.issue({ cn: "client", eku: "client", expired: true })
      if (name === "not yet valid") return ca.issue({ cn: "client", eku: "client", notYetValid: true })
      return ca.issue({ cn: "client", eku: "server" })
    })
  })

for (const options of [tls12Options, tlsOptions]) {
  for (const network of networks) {
    describe(`accepting ${options.maxVersion} over ${network}`, () => {
      it.live("admits a verified peer and tells its facts", () =>
        withTransport(
          Effect.gen(function* () {
            const { asked, judge } = recording(verified)
            const side = yield* serverSide(judge, { options, text: listenOn(network) })
            const peer = yield* tlsPeer(endpoint(side.listener), side.credentials)
            const stream = yield* side.accepting
            assert.isUndefined(yield* Effect.promise(() => peer.secured))
            assert.strictEqual(stream.tls?.version, options.maxVersion === "TLSv1.2" ? "TLS 1.2" : "TLS 1.3")
            assert.strictEqual(stream.tls?.serverName, "localhost")
            assert.isUndefined(stream.tls?.alpn)
            assert.match(stream.tls?.cipher ?? "", /AES_?128.GCM.SHA256/)
            assert.deepStrictEqual(Buffer.from(stream.tls?.peerChain[0] ?? []), side.client.der)
            assert.strictEqual(asked.length, 1)
            const expected = network === "unix" ? "@" : `127.0.0.1:${peer.socket.localPort}`
            assert.deepStrictEqual(stream.remote, { network, address: expected })
            assert.deepStrictEqual(stream.local, side.listener.bound)
            stream.close()
            yield* readAll(peer.socket)
          })
        )
      )

      for (const { name, why } of cases) {
        it.live(`tells the judge about a peer that is ${name}, and refuses on its word`, () =>
          withTransport(
            Effect.gen(function* () {
              const { asked, judge } = recording(verified)
              const side = yield* serverSide(judge, { options, text: listenOn(network) })
              const identity = yield* badClient(name)
              const peer = yield* tlsPeer(endpoint(side.listener), {
                ca: side.ca.certPem,
                cert: identity.chainPem,
                key: identity.keyPem
              })
              const failure = yield* failureOf(side.accepting)
              assert.strictEqual(failure._tag, "HandshakeFailed")
              assert.deepInclude(failure, { source: "peer", reason: "untrusted" })
              assert.match(failure.message, why)
              assert.deepStrictEqual(Buffer.from(asked[0]?.chain[0] ?? []), identity.der)
              const error = yield* Effect.promise(() => peer.secured)
              if (options.maxVersion === "TLSv1.2") assert.isDefined(error)
              else yield* readAll(peer.socket)
            })
          )
        )
      }

      it.live("refuses a peer without a certificate, which gets a true alert", () =>
        withTransport(
          Effect.gen(function* () {
            const { asked, judge } = recording(anybody)
            const side = yield* serverSide(judge, { options, text: listenOn(network) })
            const peer = yield* tlsPeer(endpoint(side.listener), { ca: side.ca.certPem })
            const alert = new Promise<Error>((resolve) => peer.socket.once("error", resolve))
            assert.deepInclude(yield* failureOf(side.accepting), {
              reason: "no_cert",
              message: "tls: client didn't provide a certificate"
            })
            assert.deepStrictEqual(asked, [])
            peer.socket.resume()
            const number = options.maxVersion === "TLSv1.2" ? "40" : "116"
            assert.match((yield* Effect.promise(() => alert)).message, new RegExp(`SSL alert number ${number}`))
          })
        )
      )

      it.live("destroys a peer the judge refuses although its chain verifies", () =>
        withTransport(
          Effect.gen(function* () {
            const side = yield* serverSide(
              () => ({ _tag: "Refused", reason: "acl", message: "unauthorized: no match" }),
              { options, text: listenOn(network) }
            )
            const peer = yield* tlsPeer(endpoint(side.listener), side.credentials)
            assert.deepInclude(yield* failureOf(side.accepting), { reason: "acl", message: "unauthorized: no match" })
            const error = yield* Effect.promise(() => peer.secured)
            if (options.maxVersion === "TLSv1.2") assert.isDefined(error)
            yield* readAll(peer.socket)
          })
        )
      )
    })
  }
}

describe("the verdict", () => {
  const noVerdict: ReadonlyArray<readonly [string, Judge]> = [
    [
      "throws",
      () => {
        throw new Error("bug")
      }
    ],
    ["gives no answer", () => JSON.parse("null")],
    ["gives a foreign answer", () => JSON.parse('{"_tag":"Perhaps"}')],
    ["settles badly", () => ({ _tag: "Pending", decide: Effect.die(new Error("bug")) })],
    ["settles with nothing", () => ({ _tag: "Pending", decide: Effect.sync(() => JSON.parse("{}")) })]
  ]
  for (const [name, judge] of noVerdict) {
    it.live(`is a refusal when the judge ${name}`, () =>
      withTransport(
        Effect.gen(function* () {
          const side = yield* serverSide(judge)
          yield* tlsPeer(endpoint(side.listener), side.credentials)
          assert.deepInclude(yield* failureOf(side.accepting), {
            source: "peer",
            reason: "bad_certificate",
            message: "unauthorized: the access decision failed"
          })
        })
      )
    )
  }

  it.live("is waited for, with the peer unread", () =>
    withTransport(
      Effect.gen(function* () {
        let admit: (verdict: Verdict) => void = () => {}
        let asked: () => void = () => {}
        const beingAsked = new Promise<void>((resolve) => {
          asked = resolve
        })
        const side = yield* serverSide(() => {
          asked()
          return {
            _tag: "Pending",
            decide: Effect.promise(
              () =>
                new Promise((resolve) => {
                  admit = resolve
                })
            )
          }
        })
        const accepting = yield* Effect.forkChild(side.accepting, { startImmediately: true })
        const peer = yield* tlsPeer(endpoint(side.listener), side.credentials)
        yield* Effect.promise(() => peer.secured)
        yield* Effect.promise(() => beingAsked)
        yield* Effect.sleep(30)
        assert.isUndefined(accepting.pollUnsafe())
        admit(admitted)
        const stream = yield* Fiber.join(accepting)
        assert.strictEqual(stream.tls?.version, "TLS 1.3")
        stream.close()
      })
    )
  )

  it.live("that does not come ends with the deadline", () =>
    withTransport(
      Effect.gen(function* () {
        let interrupted = false
        const decide = Effect.onInterrupt(Effect.never, () => Effect.sync(() => (interrupted = true)))
        const side = yield* serverSide(() => ({ _tag: "Pending", decide }), { deadline: 150 })
        const peer = yield* tlsPeer(endpoint(side.listener), side.credentials)
        assert.deepInclude(yield* failureOf(side.accepting), {
          reason: "timeout",
          message: "context deadline exceeded"
        })
        yield* readAll(peer.socket)
        assert.isTrue(interrupted)
      })
    )
  )

  it.live("is asked for even when nobody is asked for a certificate", () =>
    withTransport(
      Effect.gen(function* () {
        const { asked, judge } = recording(anybody)
        const side = yield* serverSide(judge, { requestCertificate: false })
        const peer = yield* tlsPeer(endpoint(side.listener), side.credentials)
        const stream = yield* side.accepting
        assert.isUndefined(yield* Effect.promise(() => peer.secured))
        assert.deepStrictEqual(asked, [{ chain: [], chainError: undefined }])
        stream.close()
      })
    )
  )
})

describe("a handshake that fails", () => {
  it.live("for lack of time says so, however busy the peer is", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody, { deadline: 200 })
        const peer = yield* plainPeer(endpoint(side.listener))
        // A record header that promises more than ever comes, byte by byte.
        const bytes = [0x16, 3, 1, 2, 0, 1, 0]
        const trickle = setInterval(() => peer.write(Buffer.from([bytes.shift() ?? 0])), 30)
        assert.deepInclude(yield* failureOf(side.accepting), {
          reason: "timeout",
          message: "context deadline exceeded"
        })
        clearInterval(trickle)
      })
    )
  )

  it.live("because the peer left says EOF", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody)
        const peer = yield* plainPeer(endpoint(side.listener))
        peer.end()
        assert.deepInclude(yield* failureOf(side.accepting), { reason: "eof", message: "EOF" })
      })
    )
  )

  it.live("because of a reset says so, with both addresses", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody)
        const peer = yield* plainPeer(endpoint(side.listener))
        const accepting = yield* Effect.forkChild(Effect.flip(side.accepting), { startImmediately: true })
        const from = `127.0.0.1:${peer.localPort}`
        yield* Effect.sleep(50)
        peer.resetAndDestroy()
        assert.deepInclude(yield* Fiber.join(accepting), {
          reason: "reset",
          message: `read tcp ${side.listener.bound.address}->${from}: read: connection reset by peer`
        })
      })
    )
  )

  const foreign: ReadonlyArray<readonly [string, string]> = [
    ["HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["CONNECT", "CONNECT x:1 HTTP/1.1\r\n\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["junk", "\0\0\0\0\0\0\0\0\0\0\0\0"]
  ]
  for (const [name, text] of foreign) {
    it.live(`because the peer speaks ${name} says it is no TLS`, () =>
      withTransport(
        Effect.gen(function* () {
          const side = yield* serverSide(anybody)
          const peer = yield* plainPeer(endpoint(side.listener))
          peer.write(text)
          assert.deepInclude(yield* failureOf(side.accepting), {
            reason: "plaintext",
            message: "tls: first record does not look like a TLS handshake"
          })
        })
      )
    )
  }

  it.live("for want of a common version, cipher or group says which", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody)
        const attempt = (options: object) =>
          Effect.gen(function* () {
            yield* tlsPeer(endpoint(side.listener), { ...side.credentials, ...options })
            return (yield* failureOf(side.accepting)).message
          })
        const old = { minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }
        const unsupported = "tls: client offered only unsupported versions"
        assert.strictEqual(yield* attempt({ ...old, maxVersion: "TLSv1.1" }), `${unsupported}: [302 301]`)
        assert.strictEqual(yield* attempt({ ...old, maxVersion: "TLSv1" }), `${unsupported}: [301]`)
        assert.strictEqual(
          yield* attempt({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256" }),
          "tls: no cipher suite supported by both client and server"
        )
        assert.strictEqual(
          yield* attempt({ ecdhCurve: "X448" }),
          "tls: no key exchanges supported by both client and server"
        )
      })
    )
  )

  it.live("for want of a common version says when the client has only newer ones", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody, { options: tls12Options })
        yield* tlsPeer(endpoint(side.listener), { ...side.credentials, minVersion: "TLSv1.3" })
        assert.strictEqual((yield* failureOf(side.accepting)).message, "tls: client offered only unsupported versions")
      })
    )
  )

  it.live("because the peer does not trust us passes its alert on", () =>
    withTransport(
      Effect.gen(function* () {
        const side = yield* serverSide(anybody)
        yield* tlsPeer(endpoint(side.listener), { ...side.credentials, ca: [] })
        const failure = yield* failureOf(side.accepting)
        // Node's client checks only after the handshake and then just leaves.
        assert.include(["EOF", "remote error: tls: unknown certificate authority"], failure.message)
      })
    )
  )
})
