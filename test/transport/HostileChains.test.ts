/** Chains that are made to be expensive: refused by name of the limit, in both modes, before OpenSSL reads a certificate. */

import { generateKeyPairSync, randomBytes } from "node:crypto"
import { once } from "node:events"
import { connect } from "node:net"
import { connect as connectTls, createServer } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { holdMillis } from "../../src/transport/openssl/RefusalHold.ts"
import { Transport } from "../../src/transport/Transport.ts"
import * as Hostile from "../support/HostileChains.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"
import {
  anybody,
  endpoint,
  listening,
  materialOf,
  pki,
  recording,
  target,
  tls12Options,
  tlsOptions,
  tlsPeer,
  within,
  withTransport
} from "./support/Harness.ts"

afterAll(disposeTestCas)

const refusedByRule = { _tag: "Refused", reason: "acl", message: "not admitted" } as const

const lax = { ciphers: "DEFAULT:@SECLEVEL=0" } as const

const rows: Readonly<Record<string, readonly [make: () => Hostile.HostileChain, problem: string]>> = {
  "too many bytes": [() => Hostile.manyNames(15_000), "certificates of more than 65536 bytes"],
  "a slow exponent": [
    () => Hostile.slowExponents(1),
    "certificate containing an RSA public exponent greater than 4294967296"
  ],
  "too many slow keys": [() => Hostile.slowExponents(75), "more than 48 certificates"],
  "too many certificates": [() => Hostile.manyAuthorities(60), "more than 48 certificates"],
  "too many names": [() => Hostile.manyNames(8000), "a certificate with more than 2048 subject alternative names"],
  "too many attributes": [() => Hostile.manyAttributes(4000), "a certificate with a name of more than 128 attributes"],
  "too many comparisons": [
    () => Hostile.manyConstraints(10, 200, 2000),
    "names and name constraints for more than 16384 comparisons"
  ]
}

describe.each([tls12Options, tlsOptions])("a chain with $maxVersion", (options) => {
  for (const [what, [make, problem]] of Object.entries(rows)) {
    it.live(`of ${what} is refused from a client, unseen by any judge`, () =>
      withTransport(
        Effect.gen(function* () {
          const { ca, server } = yield* pki
          const chain = make()
          const transport = yield* Transport
          const { asked, judge } = recording(anybody)
          const settings = { ...options, requestCertificate: true, sendCaNames: true }
          const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), settings)
          const { listener, raws } = yield* listening()
          const credentials = { cert: chain.certPem, key: chain.keyPem }
          yield* tlsPeer(endpoint(listener), { ...credentials, ...lax, rejectUnauthorized: false })
          const accepting = transport.accept(yield* raws.take, { context, judge, deadline: within() })
          const failure = yield* Effect.flip(accepting)
          assert.deepInclude(failure, { reason: "bad_certificate", message: `tls: client sent ${problem}` })
          assert.deepStrictEqual(asked, [])
        })
      )
    )

    it.live(`of ${what} is refused from a server, unseen by any judge`, () =>
      withTransport(
        Effect.gen(function* () {
          const { ca } = yield* pki
          const chain = make()
          const transport = yield* Transport
          const { asked, judge } = recording(anybody)
          const context = yield* transport.clientTls(materialOf(undefined, [ca.certPem]), options)
          const listener = yield* Effect.acquireRelease(
            Effect.promise(async () => {
              const server = createServer({ cert: chain.certPem, key: chain.keyPem, ...lax })
              server.on("tlsClientError", () => {}).on("secureConnection", (socket) => socket.on("error", () => {}))
              await once(server.listen(0, "127.0.0.1"), "listening")
              return server
            }),
            (server) => Effect.sync(() => server.close())
          )
          const bound = listener.address()
          const at = target(`127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`)
          const dialling = transport.dial({
            target: at,
            deadline: within(),
            tls: { context, judge, serverName: "localhost" }
          })
          const failure = yield* Effect.flip(dialling)
          assert.deepInclude(failure, { reason: "bad_certificate", message: `tls: server sent ${problem}` })
          assert.deepStrictEqual(asked, [])
        })
      )
    )
  }
})

describe("the refusal of an expensive chain", () => {
  it.live("is held back for a moment, and the connection's descriptor with it", () =>
    withTransport(
      Effect.gen(function* () {
        const { ca, client, server } = yield* pki
        const transport = yield* Transport
        const settings = { ...tlsOptions, requestCertificate: true, sendCaNames: true }
        const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), settings)
        const { listener, raws } = yield* listening()
        const attempt = Effect.fn(function* (credentials: { readonly cert: string; readonly key: string }) {
          const began = performance.now()
          const ended = new Promise<number>((resolve) => {
            const socket = connectTls({ ...endpoint(listener), ...credentials, ...lax, rejectUnauthorized: false })
            socket.on("error", () => {}).once("close", () => resolve(performance.now() - began))
            socket.resume()
          })
          const outcome = yield* Effect.result(
            transport.accept(yield* raws.take, { context, judge: () => refusedByRule, deadline: within() })
          )
          assert.isTrue(Result.isFailure(outcome))
          return { accepted: performance.now() - began, ended: yield* Effect.promise(() => ended) }
        })
        const chain = Hostile.manyAuthorities(60)
        const ordinary = yield* attempt({ cert: client.certPem, key: client.keyPem })
        const expensive = yield* attempt({ cert: chain.certPem, key: chain.keyPem })
        assert.isAtLeast(expensive.ended, holdMillis)
        // The tunnel itself is done with it; the hold occupies nothing but a descriptor.
        assert.isBelow(expensive.accepted, expensive.ended)
        assert.isBelow(ordinary.ended, expensive.ended)
      })
    )
  )
})

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
const vector = (size: number, ...parts: ReadonlyArray<Uint8Array>) => {
  const content = Buffer.concat(parts)
  const length = Buffer.alloc(size)
  length.writeUIntBE(content.length, 0, size)
  return Buffer.concat([length, content])
}
const extension = (type: number, content: Uint8Array) => Buffer.concat([u16(type), vector(2, content)])

/** A ClientHello that offers TLS 1.3 and RSA-PSS alone, for certificates too. */
const onlyPss = (): Buffer => {
  const share = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "der" }).subarray(-32)
  const pss = vector(2, u16(0x804))
  const body = Buffer.concat([
    u16(0x303),
    randomBytes(32),
    vector(1, randomBytes(32)),
    vector(2, u16(0x1301)),
    vector(1, Buffer.from([0])),
    vector(
      2,
      extension(43, vector(1, u16(0x304))),
      extension(10, vector(2, u16(29))),
      extension(13, pss),
      extension(50, pss),
      extension(51, vector(2, u16(29), vector(2, share)))
    )
  ])
  return Buffer.concat([Buffer.from([22, 3, 1]), vector(2, Buffer.from([1]), vector(3, body))])
}

describe("an RSA certificate that is signed with ECDSA", () => {
  it.live("is sent to a client that names RSA-PSS alone, for certificates too", () =>
    withTransport(
      Effect.gen(function* () {
        const identity = yield* Effect.promise(async () => (await makeCa("PSS")).issue({ cn: "server", key: "rsa" }))
        const transport = yield* Transport
        const settings = { ...tlsOptions, requestCertificate: false, sendCaNames: false }
        const context = yield* transport.serverTls(materialOf(identity, []), settings)
        const { listener, raws } = yield* listening()
        const socket = yield* Effect.acquireRelease(
          Effect.sync(() => connect(endpoint(listener)).on("error", () => {})),
          (open) => Effect.sync(() => open.destroy())
        )
        socket.write(onlyPss())
        const raw = yield* raws.take
        yield* Effect.forkScoped(Effect.exit(transport.accept(raw, { context, judge: anybody, deadline: within() })))
        const answer = yield* Effect.promise(() => once(socket, "data"))
        const bytes: unknown = answer[0]
        assert.isTrue(Buffer.isBuffer(bytes))
        // A handshake record with a ServerHello; before, it was an alert.
        if (Buffer.isBuffer(bytes)) assert.deepStrictEqual([bytes[0], bytes[5]], [22, 2])
      })
    )
  )
})
