/** How directions end: the tables of the Go program (docs/compatibility/command-line.md, 8.3), row by row. */
import { connect, createServer, type Socket } from "node:net"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Transport } from "../../src/transport/Transport.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import {
  anybody,
  endpoint,
  event,
  listening,
  materialOf,
  pki,
  backend as plainBackend,
  readAll,
  readBytes,
  target,
  tls12Options,
  tlsOptions,
  tlsPeer,
  within,
  withTransport
} from "./support/Harness.ts"
import { connected, patient, pumped, type TlsSide } from "./support/PumpStage.ts"
import { passUntil, stopTime, turnUntil } from "./support/TestTime.ts"

afterAll(disposeTestCas)

const sides: ReadonlyArray<TlsSide> = ["accepted", "dialled", "none"]
const soon = { ...patient, closeTimeout: 400 }

for (const tls of sides) {
  describe(`a pump with TLS ${tls}`, () => {
    it.live("waits for the backend after the client's end, up to the close timeout", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, dialled, pumping, told } = yield* pumped(tls, soon)
          client.end()
          yield* readAll(backend)
          backend.write("late")
          yield* turnUntil(() => told.returned === 4)
          const outcome = yield* passUntil(pumping)
          assert.strictEqual(String(yield* readAll(client)), "late")
          assert.isTrue(client.readableEnded)
          assert.deepStrictEqual(outcome, {
            forwarded: 0,
            returned: 4,
            timeouts: 1,
            failures: [
              {
                _tag: "CopyFailed",
                source: "backend",
                reason: "timeout",
                message: `read tcp ${dialled.local.address}->${dialled.remote.address}: i/o timeout`
              }
            ],
            reason: "close-timeout"
          })
        })
      )
    )

    it.live("waits for the client after the backend's end, up to the close timeout", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { accepted, backend, client, pumping, told } = yield* pumped(tls, soon)
          backend.end()
          yield* readAll(client)
          client.write("late")
          yield* turnUntil(() => told.forwarded === 4)
          const { failures, forwarded, reason, timeouts } = yield* passUntil(pumping)
          assert.strictEqual(String(yield* readAll(backend)), "late")
          assert.deepStrictEqual([forwarded, timeouts, reason], [4, 1, "close-timeout"])
          assert.deepInclude(failures[0], {
            source: "peer",
            message: `read tcp ${accepted.local.address}->${accepted.remote.address}: i/o timeout`
          })
        })
      )
    )

    it.live("turns a reset of the client into an end for the backend, then waits for it", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, clientRaw, pumping } = yield* pumped(tls, soon)
          client.write("question")
          yield* readBytes(backend, 8)
          clientRaw.resetAndDestroy()
          yield* readAll(backend)
          assert.isTrue(backend.readableEnded)
          assert.isFalse(backend.destroyed)
          assert.deepInclude(yield* passUntil(pumping), { forwarded: 8, timeouts: 1, reason: "close-timeout" })
        })
      )
    )

    it.live("turns a reset of the backend into an end for the client, then waits for it", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, backendRaw, client, pumping } = yield* pumped(tls, soon)
          backend.write("answer")
          yield* readBytes(client, 6)
          backendRaw.resetAndDestroy()
          yield* readAll(client)
          assert.isTrue(client.readableEnded)
          assert.deepInclude(yield* passUntil(pumping), { returned: 6, timeouts: 1, reason: "close-timeout" })
        })
      )
    )

    it.live("ends without a word when the backend goes on sending to a client that has left", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, outcome } = yield* pumped(tls)
          client.write("question")
          yield* readBytes(backend, 8)
          client.destroy()
          const sending = setInterval(() => backend.write("more"), 5)
          const result = yield* outcome
          clearInterval(sending)
          assert.deepInclude(result, { forwarded: 8, timeouts: 0, failures: [] })
          assert.include(["eof", "reset"], result.reason)
          yield* readAll(backend)
        })
      )
    )

    it.live("ends at once when both have", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, outcome } = yield* pumped(tls)
          client.end()
          backend.end()
          assert.deepInclude(yield* outcome, { timeouts: 0, failures: [], reason: "eof" })
          yield* readAll(client)
          yield* readAll(backend)
        })
      )
    )

    it.live("delivers what a backend said before it left in the middle of our sending", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { accepted, backend, client, dialled, transport } = yield* connected(tls)
          const answer = Buffer.alloc(30_000, "a")
          // Unread bytes in the backend's socket make the kernel answer with a reset once it is closed.
          client.write(Buffer.alloc(4 << 20))
          const pumping = yield* Effect.forkChild(transport.pump(accepted, dialled, soon), { startImmediately: true })
          yield* readBytes(backend, 1)
          backend.end(answer)
          yield* event(backend, "finish")
          backend.destroy()
          assert.strictEqual((yield* readAll(client)).length, answer.length)
          const { failures, returned } = yield* passUntil(pumping)
          assert.strictEqual(returned, answer.length)
          assert.isTrue(failures.every(({ reason }) => reason === "timeout"))
        })
      )
    )
  })
}

describe("a pump", () => {
  it.live("reports the alert of a backend that wants a certificate only after the handshake", () =>
    withTransport(
      Effect.gen(function* () {
        const { ca } = yield* pki
        const transport = yield* Transport
        const { server } = yield* pki
        const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), {
          ...tlsOptions,
          requestCertificate: true,
          sendCaNames: true
        })
        const strict = yield* listening()
        const front = yield* listening()
        const refusing = yield* Effect.forkChild(
          Effect.flatMap(strict.raws.take, (raw) =>
            transport.accept(raw, { context, judge: anybody, deadline: within() })
          ).pipe(Effect.flip),
          { startImmediately: true }
        )
        const peer = connect(endpoint(front.listener))
        peer.on("error", () => {})
        const accepted = yield* transport.accept(yield* front.raws.take, undefined)
        const dialled = yield* transport.dial({
          target: target(strict.listener.bound.address),
          deadline: within(),
          tls: {
            context: yield* transport.clientTls(materialOf(undefined, [ca.certPem]), tlsOptions),
            serverName: "localhost",
            judge: anybody
          }
        })
        const pumping = yield* Effect.forkChild(transport.pump(accepted, dialled, patient), { startImmediately: true })
        yield* readAll(peer)
        assert.deepInclude(yield* Fiber.join(pumping), {
          timeouts: 0,
          failures: [
            {
              _tag: "CopyFailed",
              source: "backend",
              reason: "alert",
              message: "remote error: tls: certificate required"
            }
          ],
          reason: "error"
        })
        assert.strictEqual((yield* Fiber.join(refusing)).reason, "no_cert")
        peer.destroy()
      })
    )
  )

  for (const tls of ["accepted", "dialled"] as const) {
    it.live(`fails on a record that does not decrypt (TLS ${tls})`, () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, backendRaw, client, clientRaw, outcome } = yield* pumped(tls)
          const bad = tls === "accepted" ? clientRaw : backendRaw
          const other = tls === "accepted" ? backend : client
          bad.write(Buffer.from([0x17, 3, 3, 0, 32, ...Buffer.alloc(32, 7)]))
          yield* readAll(other)
          const { failures, reason, timeouts } = yield* outcome
          assert.deepStrictEqual([timeouts, reason, failures.length], [0, "error", 1])
          assert.deepInclude(failures[0], {
            source: tls === "accepted" ? "peer" : "backend",
            reason: "protocol",
            message: "local error: tls: bad record MAC"
          })
        })
      )
    )
  }

  for (const cut of ["close-timeout", "lifetime", "eof"] as const) {
    it.live(`says close_notify to a TLS peer before it closes: ${cut}`, () =>
      withTransport(
        Effect.gen(function* () {
          const transport = yield* Transport
          const { ca, client: identity, server } = yield* pki
          const behind = yield* plainBackend()
          const { listener, raws } = yield* listening()
          // In between, somebody who can see the types of records: TLS 1.2 leaves them readable.
          const seen: Array<Buffer> = []
          const relay = createServer({ allowHalfOpen: true }, (near: Socket) => {
            const far = connect({ ...endpoint(listener), allowHalfOpen: true })
            for (const socket of [near, far]) socket.on("error", () => {})
            far.on("data", (chunk: Buffer) => seen.push(chunk))
            near.pipe(far)
            far.pipe(near)
          })
          yield* Effect.callback<void>((resume) => void relay.listen(0, "127.0.0.1", () => resume(Effect.void)))
          yield* Effect.addFinalizer(() => Effect.sync(() => relay.close()))
          const bound = relay.address()
          const port = typeof bound === "object" && bound !== null ? bound.port : 0
          const { socket } = yield* tlsPeer(
            { host: "127.0.0.1", port },
            { ca: ca.certPem, cert: identity.chainPem, key: identity.keyPem, maxVersion: "TLSv1.2" }
          )
          const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), {
            ...tls12Options,
            requestCertificate: true,
            sendCaNames: true
          })
          const accepted = yield* transport.accept(yield* raws.take, {
            context,
            judge: anybody,
            deadline: within()
          })
          const dialled = yield* transport.dial({ target: behind.target, deadline: within() })
          const limits = { ...patient, closeTimeout: 100, lifetime: cut === "lifetime" ? 100 : 0 }
          const pumping = yield* Effect.forkChild(transport.pump(accepted, dialled, limits), {
            startImmediately: true
          })
          if (cut === "close-timeout") socket.end()
          if (cut === "eof") (yield* behind.sockets.take).end()
          yield* readAll(socket)
          socket.end()
          yield* Fiber.join(pumping)
          const bytes = Buffer.concat(seen)
          const types: Array<number | undefined> = []
          for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at])
          assert.strictEqual(types.at(-1), 21)
        })
      )
    )
  }
})
