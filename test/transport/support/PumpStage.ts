/** A pumped connection with a peer of the test's at either end. */

import assert from "node:assert/strict"
import type { Socket } from "node:net"
import { createServer as createTlsServer, type TLSSocket } from "node:tls"
import { Effect, Fiber } from "effect"
import { type PumpLimits, Transport } from "../../../src/transport/Transport.ts"
import {
  anybody,
  backend,
  endpoint,
  Inbox,
  listening,
  materialOf,
  pki,
  plainPeer,
  target,
  tlsOptions,
  tlsPeer,
  within
} from "./Harness.ts"

/** Where TLS is: towards the client, towards the backend, or nowhere. */
export type TlsSide = "accepted" | "dialled" | "none"

/** No limits that a test could meet by accident. */
export const patient: PumpLimits = { closeTimeout: 20_000, lifetime: 0, carried: () => {} }

const tlsBackend = Effect.gen(function* () {
  const { ca, server } = yield* pki
  const sockets = new Inbox<Socket>()
  const all = new Set<TLSSocket>()
  const raws = new Inbox<Socket>()
  const listener = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createTlsServer>>((resume) => {
      const options = {
        cert: server.chainPem,
        key: server.keyPem,
        ca: ca.certPem,
        requestCert: true,
        rejectUnauthorized: false,
        allowHalfOpen: true,
        pauseOnConnect: true
      }
      const made = createTlsServer(options, (socket) => {
        socket.on("error", () => {})
        all.add(socket)
        sockets.put(socket)
      })
      made.on("connection", raws.put)
      made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
    }),
    (made) =>
      Effect.sync(() => {
        for (const socket of all) socket.destroy()
        made.close()
      })
  )
  const bound = listener.address()
  return { sockets, raws, target: target(`127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`) }
})

/** Two peers, and both of our streams between them, not pumped yet. */
export const connected = (tls: TlsSide) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client: identity, server } = yield* pki
    const behind = tls === "dialled" ? yield* tlsBackend : yield* backend()
    const { listener, raws } = yield* listening()
    const material = materialOf(server, [ca.certPem])
    const deadline = within()
    const context = yield* transport.serverTls(material, { ...tlsOptions, requestCertificate: true, sendCaNames: true })
    const credentials = { ca: ca.certPem, cert: identity.chainPem, key: identity.keyPem }
    const attempt = tls === "accepted" ? yield* tlsPeer(endpoint(listener), credentials) : undefined
    const client = attempt?.socket ?? (yield* plainPeer(endpoint(listener)))
    const raw = yield* raws.take
    const accepted = yield* transport.accept(
      raw,
      tls === "accepted" ? { context, judge: anybody, deadline } : undefined
    )
    const dialled = yield* transport.dial({
      target: behind.target,
      deadline,
      tls:
        tls === "dialled"
          ? {
              context: yield* transport.clientTls(materialOf(identity, [ca.certPem]), tlsOptions),
              serverName: "localhost",
              judge: anybody
            }
          : undefined
    })
    const backendSocket = yield* behind.sockets.take
    return {
      accepted,
      dialled,
      client,
      /** Below TLS, if there is any. */
      clientRaw: attempt?.raw ?? client,
      backend: backendSocket,
      backendRaw: "raws" in behind ? yield* behind.raws.take : backendSocket,
      transport
    }
  })

/** The same, pumped. The fiber ends with the outcome, which says the same of bytes as what was told on the way. */
export const pumped = (tls: TlsSide, { closeTimeout, lifetime }: Omit<PumpLimits, "carried"> = patient) =>
  Effect.gen(function* () {
    const stage = yield* connected(tls)
    const told = { forwarded: 0, returned: 0 }
    const limits: PumpLimits = { closeTimeout, lifetime, carried: (way, bytes) => void (told[way] += bytes) }
    const pumping = yield* Effect.forkChild(
      Effect.map(stage.transport.pump(stage.accepted, stage.dialled, limits), (outcome) => {
        assert.deepEqual(told, { forwarded: outcome.forwarded, returned: outcome.returned })
        return outcome
      }),
      { startImmediately: true }
    )
    return { ...stage, told, pumping, outcome: Fiber.join(pumping) }
  })
