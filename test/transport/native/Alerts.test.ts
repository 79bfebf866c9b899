import type { TLSSocket } from "node:tls"
import { connect, createServer } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll } from "vitest"
import type { Judge, RefusalReason } from "../../../src/access/Verdict.ts"
import * as NativeTransport from "../../../src/transport/native/NativeTransport.ts"
import { Transport } from "../../../src/transport/Transport.ts"
import { disposeTestCas } from "../../support/TestCa.ts"
import { endpoint, listening, materialOf, pki, target, tls12Options, tlsOptions, within } from "../support/Harness.ts"

afterAll(disposeTestCas)

const refusing =
  (reason: RefusalReason): Judge =>
  () => ({ _tag: "Refused", reason, message: `refused: ${reason}` })

/** The number of the alert in Node's words for it. */
const alertIn = (error: unknown): number | undefined => {
  const words = error instanceof Error ? /SSL alert number (\d+)/.exec(error.message)?.[1] : undefined
  return words === undefined ? undefined : Number(words)
}

/** What a client is told that shows this certificate, or none. */
const told = (version: "TLSv1.2" | "TLSv1.3", judge: Judge, anonymous = false) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client, server } = yield* pki
    const options = version === "TLSv1.2" ? tls12Options : tlsOptions
    const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), {
      ...options,
      requestCertificate: true,
      sendCaNames: true
    })
    const { listener, raws } = yield* listening()
    const identity = anonymous ? {} : { cert: client.chainPem, key: client.keyPem }
    const peer = connect({ ...endpoint(listener), ...identity, ca: ca.certPem, servername: "localhost" })
    const alerted = new Promise<unknown>((resolve) =>
      peer.once("error", resolve).once("close", () => resolve("closed"))
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => peer.destroy()))
    peer.resume()
    const raw = yield* raws.take
    const failure = yield* Effect.flip(transport.accept(raw, { context, judge, deadline: within() }))
    return { failure, alert: alertIn(yield* Effect.promise(() => alerted)) }
  }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))

const alerts: ReadonlyArray<readonly [RefusalReason, number]> = [
  ["untrusted", 48],
  ["expired", 45],
  ["revoked", 44],
  ["key_usage", 42],
  ["acl", 42],
  ["pin", 42],
  ["bad_certificate", 42]
]

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  describe(`a client that is refused in ${version}`, () => {
    for (const [reason, alert] of alerts) {
      it.live(`is told so with alert ${alert} (${reason})`, () =>
        Effect.map(told(version, refusing(reason)), (outcome) => {
          assert.deepInclude(outcome.failure, { _tag: "HandshakeFailed", reason, message: `refused: ${reason}` })
          assert.strictEqual(outcome.alert, alert)
        })
      )
    }

    it.live("is told that a certificate is missing", () =>
      Effect.map(told(version, refusing("acl"), true), (outcome) => {
        assert.deepInclude(outcome.failure, { reason: "no_cert", message: "tls: client didn't provide a certificate" })
        assert.strictEqual(outcome.alert, version === "TLSv1.3" ? 116 : 40)
      })
    )

    it.live("is refused by a judge that throws", () =>
      Effect.map(
        told(version, () => {
          throw new Error("no")
        }),
        (outcome) => {
          assert.deepInclude(outcome.failure, { message: "unauthorized: the access decision failed" })
          assert.strictEqual(outcome.alert, 42)
        }
      )
    )
  })

  describe(`a server that is refused in ${version}`, () => {
    for (const reason of ["untrusted", "expired", "hostname", "acl"] as const) {
      it.live(`is told bad_certificate (${reason})`, () =>
        Effect.gen(function* () {
          const transport = yield* Transport
          const { ca, client, server } = yield* pki
          const alerted = Promise.withResolvers<unknown>()
          const secured: Array<TLSSocket> = []
          const backend = createServer({ cert: server.chainPem, key: server.keyPem }, (socket) => secured.push(socket))
          backend.on("tlsClientError", alerted.resolve)
          yield* Effect.addFinalizer(() => Effect.sync(() => backend.close()))
          yield* Effect.callback<void>((resume) => void backend.listen(0, "127.0.0.1", () => resume(Effect.void)))
          const bound = backend.address()
          const options = version === "TLSv1.2" ? tls12Options : tlsOptions
          const context = yield* transport.clientTls(materialOf(client, [ca.certPem]), options)
          const failure = yield* Effect.flip(
            transport.dial({
              target: target(`127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`),
              deadline: within(),
              tls: { context, serverName: "localhost", judge: refusing(reason) }
            })
          )
          assert.deepInclude(failure, { _tag: "DialFailed", reason })
          assert.strictEqual(alertIn(yield* Effect.promise(() => alerted.promise)), 42)
          assert.lengthOf(secured, 0)
        }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))
      )
    }
  })
}
