import { once } from "node:events"
import { connect, createServer } from "node:net"
import { connect as connectTls, createSecureContext, TLSSocket } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import {
  contextAddress,
  descriptorOf,
  hasPeerCertificate,
  queuedBytes,
  verifyError
} from "../../../src/transport/node/Internals.ts"
import { disposeTestCas, makeCa } from "../../support/TestCa.ts"

afterAll(disposeTestCas)

describe("what we read of Node's insides", () => {
  it("is there in this Node", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).resume())
    await once(server.listen(0, "127.0.0.1"), "listening")
    const address = server.address()
    const socket = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1")
    await once(socket, "connect")
    assert.isNumber(descriptorOf(server))
    assert.isNumber(descriptorOf(socket))
    assert.notStrictEqual(descriptorOf(server), descriptorOf(socket))
    assert.strictEqual(queuedBytes(socket), 0)
    socket.pause()
    // Far more than the kernel takes at once.
    socket.write(Buffer.alloc(64 * 1024 * 1024))
    assert.isAbove(queuedBytes(socket), 0)
    socket.destroy()
    assert.isUndefined(descriptorOf(socket))
    server.close()
  })

  it("tells whether a peer presented a certificate, once the handshake is done", async () => {
    const ca = await makeCa("Internals")
    const identity = await ca.issue({ cn: "server", dns: ["localhost"] })
    const server = createServer()
    await once(server.listen(0, "127.0.0.1"), "listening")
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const accepted = once(server, "connection")
    const client = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
    const [raw] = await accepted
    const secureContext = createSecureContext({ cert: identity.certPem, key: identity.keyPem })
    const tls = new TLSSocket(raw, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false })
    await once(tls, "secure")
    assert.isFalse(hasPeerCertificate(tls))
    assert.isDefined(verifyError(tls))
    client.destroy()
    tls.destroy()
    server.close()
  })

  it("finds each context at an address of its own", () => {
    const [first, second] = [createSecureContext(), createSecureContext()].map(contextAddress)
    assert.isDefined(first)
    assert.notStrictEqual(first, second)
  })
})
