import { once } from "node:events"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { makeStatusHttpServer } from "../../../src/status/http/StatusHttpServer.ts"
import { eventually } from "../../support/Changes.ts"
import { makeCa } from "../../support/TestCa.ts"
import { connectTls } from "../StatusPort.ts"

/** What a client gets on a connection of its own, that asks or says nothing; empty when it is turned away. */
const answerOf = async (port: number, asks = true): Promise<string> => {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1")
  let received = ""
  socket.on("data", (text) => (received += text)).on("error", () => {})
  if (asks) socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
  await new Promise((resolve) => socket.once("close", resolve))
  return received
}

describe("a server that is full", () => {
  it("closes excess connections silently, logs that once a second, and serves again when there is room", async () => {
    const lines: Array<string> = []
    let full = false
    const { cut, listener, stop } = makeStatusHttpServer({
      connectTimeout: 60_000,
      tls: undefined,
      log: (line) => void lines.push(line),
      full: () => full,
      handle: (_, response) => void response.end("served")
    })
    await once(listener.listen(0, "127.0.0.1"), "listening")
    const address = listener.address()
    const port = typeof address === "object" && address !== null ? address.port : assert.fail("no port")
    assert.match(await answerOf(port), /served$/)
    assert.deepStrictEqual(lines, [])
    full = true
    const began = performance.now()
    assert.deepStrictEqual(await Promise.all([1, 2, 3, 4].map((n) => answerOf(port, n > 1))), ["", "", "", ""])
    const line = "http: Accept error: accept4: too many open files"
    assert.strictEqual(lines[0], line)
    // Once a second, however many come.
    await eventually("the next line", async () => {
      assert.strictEqual(await answerOf(port), "")
      return lines.length > 1 || undefined
    })
    assert.isAtMost(lines.length, 1 + Math.floor((performance.now() - began) / 1000))
    assert.deepStrictEqual([...new Set(lines)], [line])
    full = false
    assert.match(await answerOf(port), /served$/)
    stop()
    cut()
  })
})

describe("a request that Node does not hand on", () => {
  it.each([
    ["an expectation that nobody can meet", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400]
  ])("%s is refused, and the connection ends", async (_, request, status) => {
    const { cut, listener, stop } = makeStatusHttpServer({
      // Far more than this test may take: the limit for a head is not what ends the connection.
      connectTimeout: 60_000,
      tls: undefined,
      log: () => {},
      full: () => false,
      handle: (_, response) => void response.end("served")
    })
    await once(listener.listen(0, "127.0.0.1"), "listening")
    const address = listener.address()
    const port = typeof address === "object" && address !== null ? address.port : assert.fail("no port")
    const socket = connect(port, "127.0.0.1")
      .setEncoding("latin1")
      .on("error", () => {})
    let received = ""
    socket.on("data", (text) => (received += text)).write(request)
    await once(socket, "close")
    assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.strictEqual(received.match(/HTTP\/1\.1 /g)?.length, 1)
    stop()
    cut()
  })
})

describe("an HTTPS server with as many connections as it may have", () => {
  it("lets handshakes go that do not advance, and serves the next client", async () => {
    const ca = await makeCa("status")
    const identity = await ca.issue({ cn: "a", dns: ["localhost"] })
    const { cut, listener, stop } = makeStatusHttpServer({
      connectTimeout: 60_000,
      connections: 3,
      tls: { cert: identity.chainPem, key: identity.keyPem },
      log: () => {},
      full: () => false,
      handle: (_, response) => void response.end("served")
    })
    await once(listener.listen(0, "127.0.0.1"), "listening")
    const address = listener.address()
    const port = typeof address === "object" && address !== null ? address.port : assert.fail("no port")
    const halfOpen = Array.from({ length: 6 }, () => connect(port, "127.0.0.1").on("error", () => {}))
    await Promise.all(halfOpen.map((socket) => once(socket, "connect")))
    const client = await connectTls({ port })
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await client.ended
    assert.match(client.received, /served$/)
    // Two of them may still have a place.
    await eventually("their end", async () => halfOpen.filter((socket) => socket.closed).length >= 4 || undefined)
    for (const socket of halfOpen) socket.destroy()
    stop()
    cut()
  })
})
