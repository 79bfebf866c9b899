import { createServer } from "node:net"
import { connect } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import fc from "fast-check"
import { afterAll } from "vitest"
import * as NativeTransport from "../../../src/transport/native/NativeTransport.ts"
import { Transport } from "../../../src/transport/Transport.ts"
import { disposeTestCas } from "../../support/TestCa.ts"
import {
  endpoint,
  event,
  listening,
  materialOf,
  pki,
  plainPeer,
  tlsOptions,
  tlsPeer,
  verified,
  within
} from "../support/Harness.ts"

afterAll(disposeTestCas)

/** What Node's client says first. */
const clientHello = Effect.callback<Buffer>((resume) => {
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", (hello: Buffer) => {
      socket.destroy()
      server.close()
      resume(Effect.succeed(Buffer.from(hello)))
    })
  }).listen(0, "127.0.0.1", () => {
    const bound = server.address()
    const port = typeof bound === "object" && bound !== null ? bound.port : 0
    connect({ port, host: "127.0.0.1", servername: "localhost" }).on("error", () => {})
  })
})

/** Noise, or a hello that breaks off, or one with wrong bytes in it. */
const openings = (hello: Buffer): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
    fc.nat({ max: hello.length - 1 }).map((length) => hello.subarray(0, length)),
    fc
      .array(fc.tuple(fc.nat({ max: hello.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 })
      .map((changes) => {
        const bytes = Buffer.from(hello)
        for (const [at, value] of changes) bytes[at] = value
        return bytes
      })
  )

describe("a listener that is lied to", () => {
  it.live("refuses each liar, and goes on to serve the others", () =>
    Effect.gen(function* () {
      const transport = yield* Transport
      const { ca, client, server } = yield* pki
      const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), {
        ...tlsOptions,
        requestCertificate: true,
        sendCaNames: true
      })
      const { listener, raws } = yield* listening()
      const hello = yield* clientHello
      for (const opening of fc.sample(openings(hello), 200)) {
        yield* Effect.gen(function* () {
          const peer = yield* plainPeer(endpoint(listener))
          peer.resume()
          peer.end(opening)
          const raw = yield* raws.take
          const exit = yield* Effect.exit(transport.accept(raw, { context, judge: verified, deadline: within(5000) }))
          assert.isTrue(Exit.isFailure(exit), opening.toString("hex"))
          if (!peer.destroyed) yield* event(peer, "close")
        }).pipe(Effect.scoped)
      }
      const honest = yield* tlsPeer(endpoint(listener), {
        cert: client.chainPem,
        key: client.keyPem,
        ca: ca.certPem
      })
      const stream = yield* transport.accept(yield* raws.take, { context, judge: verified, deadline: within(5000) })
      assert.isUndefined(yield* Effect.promise(() => honest.secured))
      stream.close()
    }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))
  )
})
