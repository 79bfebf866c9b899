/** What the judge is shown of the certificates that a peer sends, in real handshakes. */
import { connect } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as NativeTransport from "../../../src/transport/native/NativeTransport.ts"
import { Transport } from "../../../src/transport/Transport.ts"
import { disposeTestCas } from "../../support/TestCa.ts"
import {
  anybody,
  endpoint,
  listening,
  materialOf,
  pki,
  recording,
  tls12Options,
  tlsOptions,
  within
} from "../support/Harness.ts"

afterAll(disposeTestCas)

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`

/** A certificate that differs from this one in the last bytes of its signature: nobody's, but a certificate. */
const variant = (der: Buffer, n: number): Buffer => {
  const copy = Buffer.from(der)
  copy.writeUInt16BE(copy.readUInt16BE(copy.length - 2) ^ n, copy.length - 2)
  return copy
}

/** The chain that the judge of a server is shown when a client sends these. */
const shown = (options: typeof tlsOptions, sent: (leaf: Buffer, authority: Buffer) => ReadonlyArray<Buffer>) =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const { ca, client, server } = yield* pki
    const settings = { ...options, requestCertificate: true, sendCaNames: true }
    const context = yield* transport.serverTls(materialOf(server, [ca.certPem]), settings)
    const { listener, raws } = yield* listening()
    const { asked, judge } = recording(anybody)
    const certificates = sent(client.der, ca.der)
    const cert = certificates.map(pemOf).join("")
    const peer = connect({ ...endpoint(listener), cert, key: client.keyPem, ca: ca.certPem, servername: "localhost" })
    peer.on("error", () => {})
    yield* Effect.addFinalizer(() => Effect.sync(() => peer.destroy()))
    const accepted = yield* transport.accept(yield* raws.take, { context, judge, deadline: within() })
    accepted.close()
    const chain = asked[0]?.chain ?? assert.fail("nobody was asked")
    return { sent: certificates, chain: chain.map((der) => Buffer.from(der).toString("hex")) }
  }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))

const hex = (certificates: ReadonlyArray<Buffer>) => certificates.map((der) => der.toString("hex"))

describe.each([tls12Options, tlsOptions])("the chain that is shown with $maxVersion", (options) => {
  it.live("has what was sent, in that order", () =>
    Effect.map(
      shown(options, (leaf, authority) => [leaf, variant(leaf, 1), authority]),
      ({ chain, sent }) => assert.deepStrictEqual(chain, hex(sent))
    )
  )

  it.live("has a certificate once that was sent twice", () =>
    Effect.map(
      shown(options, (leaf, authority) => [leaf, authority, variant(leaf, 1), authority, leaf, variant(leaf, 1)]),
      ({ chain, sent }) => assert.deepStrictEqual(chain, hex(sent.slice(0, 3)))
    )
  )

  it.live("has as many certificates as the limit allows", () =>
    Effect.map(
      shown(options, (leaf) => [leaf, ...Array.from({ length: 47 }, (_, n) => variant(leaf, n + 1))]),
      ({ chain, sent }) => assert.deepStrictEqual(chain, hex(sent))
    )
  )
})
