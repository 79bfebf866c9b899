/** Clients that never complete a handshake, and backends that cannot be reached after one. */
import assert from "node:assert/strict"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

/** The first bytes of a ClientHello: a handshake record of 512 bytes that never gets complete. */
const helloHead = Buffer.from("1603010200010001fc0303", "hex")

export const serverHandshake = [
  scenario("server-plaintext-client", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await peer.eof()
    assert.ok(!peer.text.includes("HTTP"), peer.text)
    await tunnel.waitForLine(
      /error on TLS handshake from 127\.0\.0\.1:\d+: tls: first record does not look like a TLS handshake/
    )
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    const control = await join(stage, tunnel)
    await control.write("control")
    await (await backend.connection(0)).receive("control")
    assert.equal(backend.connections.length, 1)
  }),
  scenario("server-silent-client-times-out", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--connect-timeout=400ms").start()
    const began = performance.now()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    assert.ok(performance.now() - began > 350, "cut too early")
    assert.equal(peer.received, 0)
    await tunnel.waitForLine(/error on TLS handshake from 127\.0\.0\.1:\d+: context deadline exceeded/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 1, 1, 1])
    assert.equal(backend.connections.length, 0)
  }),
  waiting(
    scenario("server-trickling-client-times-out", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--connect-timeout=2s").start()
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.write(helloHead)
      // One byte every 50 ms: an idle timer would let this go on for 25 s.
      const timer = setInterval(() => {
        if (peer.socket.writable) peer.socket.write("\0")
      }, 50)
      stage.defer(() => clearInterval(timer))
      await peer.eof()
      await tunnel.waitForLine(/error on TLS handshake from 127\.0\.0\.1:\d+: context deadline exceeded/)
      await waitForRow(tunnel, [0, 0, 1, 0, 1, 1, 1, 1])
    })
  ),
  scenario("server-first-bytes-are-not-held-up", "data-path", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .target(await echoBackend(stage))
      .start()
    const waits: Array<number> = []
    // The delay begins with the handshake's last word: a clock that starts later would see less of it. On a busy machine
    // some rounds are slow whatever the tunnel does, but with the delay none is fast.
    const round = async () => {
      const began = performance.now()
      const peer = await join(stage, tunnel)
      await tunnel.waitForLine(/opening pipe: /, waits.length + 1)
      // Nagle's algorithm: nothing is sent while something is unacknowledged, here the end of the handshake.
      await peer.echo("hello")
      const wait = performance.now() - began
      waits.push(wait)
      peer.destroy()
      return wait < 35 ? wait : undefined
    }
    await eventually("a round without a delayed acknowledgement, 40 ms", round, () => `- took ${waits.join(", ")}`)
  }),
  scenario("server-client-leaves-during-handshake", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const closing = await connectPlain(stage, tunnel.listen)
    closing.end()
    await tunnel.waitForLine(/error on TLS handshake from 127\.0\.0\.1:\d+: EOF$/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    const resetting = await connectPlain(stage, tunnel.listen)
    await waitForRow(tunnel, [1, 0, 2, 0, 1, 0, 1, 1])
    resetting.reset()
    await tunnel.waitForLine(/error on TLS handshake from 127\.0\.0\.1:\d+: .*(reset|EOF)/, 2)
    await waitForRow(tunnel, [0, 0, 2, 0, 2, 0, 2, 2])
    assert.equal(backend.connections.length, 0)
  }),
  scenario("server-garbage-client", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.write(Buffer.concat([helloHead, Buffer.alloc(600, 0xff)]))
    await peer.eof()
    await tunnel.waitForLine(/error on TLS handshake from 127\.0\.0\.1:\d+: /)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    assert.equal(backend.connections.length, 0)
  }),
  scenario("server-backend-down", "data-path", async (stage) => {
    const nowhere = await stage.tcp()
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(nowhere).start()
    const peer = await join(stage, tunnel)
    await peer.eof()
    assert.equal(peer.received, 0)
    await tunnel.waitForLine(/error on dial: .*connection refused/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    assert.equal(tunnel.count(/opening pipe|closed pipe/), 0)
  }),
  scenario("server-unix-backend-down", "data-path", async (stage) => {
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(stage.unix()).start()
    const peer = await join(stage, tunnel)
    await peer.eof()
    await tunnel.waitForLine(/error on dial: .*no such file or directory/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
  }),
  scenario("server-backend-comes-back", "data-path", async (stage) => {
    const place = await stage.tcp()
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(place).start()
    await (await join(stage, tunnel)).eof()
    await tunnel.waitForLine(/error on dial: /)
    const backend = await holdingBackend(stage, place)
    const peer = await join(stage, tunnel, { ca: await ca(), identity: await clientIdentity() })
    await peer.write("back again")
    await (await backend.connection(0)).receive("back again")
    await waitForRow(tunnel, [1, 0, 2, 1, 1, 0, 2, 1])
  })
]

runTopic("server-handshake", serverHandshake)
