/** Certificates travel as they are (RFC 8879 is off), against Node's own peers, which would compress them. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Transport } from "../../src/transport/Transport.ts"
import { type ClientHello, readClientHello } from "../support/ClientHello.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import {
  backend,
  endpoint,
  listening,
  materialOf,
  pki,
  tlsOptions,
  tlsPeer,
  verified,
  verifiedServer,
  within,
  withTransport
} from "./support/Harness.ts"

afterAll(disposeTestCas)

/** The extension `compress_certificate`. */
const compressCertificate = 27

/** Names that compress to next to nothing. */
const names = Array.from({ length: 60 }, (_, index) => `${"a".repeat(50)}.${index}.example`)

describe("compressed certificates", () => {
  it.live("are not asked of clients", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const { ca, server } = yield* pki
        const identity = yield* Effect.promise(() => ca.issue({ cn: "long", dns: names, eku: "client" }))
        const asked = { requestCertificate: true, sendCaNames: true }
        const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), { ...tlsOptions, ...asked })
        const { listener, raws } = yield* listening()
        const accepted = yield* Effect.forkScoped(
          Effect.flatMap(raws.take, (raw) => transport.accept(raw, { context, judge: verified, deadline: within() }))
        )
        const shown = { ca: ca.certPem, cert: identity.chainPem, key: identity.keyPem }
        const peer = yield* tlsPeer(endpoint(listener), shown)
        const stream = yield* Fiber.join(accepted)
        const [leaf] = stream.tls?.peerChain ?? []
        assert.isDefined(leaf)
        assert.isAbove(peer.raw.bytesWritten, leaf.length)
        stream.close()
      })
    )
  )

  it.live("are not offered to servers", () =>
    withTransport(
      Effect.gen(function* () {
        const transport = yield* Transport
        const { ca, client } = yield* pki
        const context = yield* transport.clientTls(materialOf(client, [ca.certPem]), tlsOptions)
        const { sockets, target } = yield* backend()
        const tls = { context, serverName: "localhost", judge: verifiedServer }
        yield* Effect.forkScoped(Effect.exit(transport.dial({ target, deadline: within(), tls })))
        const socket = yield* sockets.take
        let received = Buffer.alloc(0)
        const hello = yield* Effect.callback<ClientHello>((resume) => {
          socket.on("data", (chunk: Buffer) => {
            received = Buffer.concat([received, chunk])
            const complete = readClientHello(received)
            if (complete !== undefined) resume(Effect.succeed(complete))
          })
          socket.resume()
        })
        assert.isAbove(hello.extensions.size, 5)
        assert.isFalse(hello.extensions.has(compressCertificate))
      })
    )
  )
})
