/** `--max-concurrent-conns`: clients beyond the limit wait, in order, and are never refused. */
import assert from "node:assert/strict"
import { holdingBackend } from "../support/Backend.ts"
import { pause } from "../support/Changes.ts"
import { numbers, waitForNumbers, waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { attemptTls, connectTls } from "../support/TlsClient.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

export const serverLimit = [
  waiting(
    scenario("server-limit-queues", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--max-concurrent-conns=1", "--connect-timeout=5s").start()
      const first = await join(stage, tunnel)
      await first.write("first")
      const far = await backend.connection(0)
      await far.receive("first")
      const waiting = [1, 2].map(async () => {
        const peer = await join(stage, tunnel)
        await peer.eof()
        peer.end()
      })
      // Longer than --connect-timeout: the clock of a waiting client starts when it is taken.
      for (let round = 1; round <= 60; round++) {
        await far.write("tick")
        await first.receiveBytes(4 * round)
        await pause(100)
      }
      assert.equal(backend.connections.length, 1)
      await waitForRow(tunnel, [1, 0, 1, 1, 0, 0, 1, 0])
      first.end()
      far.end()
      for (const index of [1, 2]) {
        const here = await backend.connection(index)
        const row = await numbers(tunnel)
        assert.deepEqual([row["conn.open"], row["accept.total"]], [1, index + 1])
        here.end()
        await here.close()
      }
      await Promise.all(waiting)
      await waitForRow(tunnel, [0, 0, 3, 3, 0, 0, 3, 3])
      assert.equal(tunnel.count(/error/), 0)
    })
  ),
  scenario("server-limit-keeps-order-on-one-listener", "data-path", async (stage) => {
    // A UNIX listener is served by one thread in every cell, so its clients have one queue.
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).listen(stage.unix()).allowAll().status().target(backend)
    const tunnel = await builder.args("--max-concurrent-conns=1").start()
    const options = { to: tunnel.listen, ca: await ca(), identity: await clientIdentity() }
    const first = await connectTls(stage, options)
    await backend.connection(0)
    const later = []
    for (let index = 1; index <= 4; index++) {
      // Connected in the kernel's queue, in this order; the handshake goes on when the turn has come.
      const pending = connectTls(stage, options)
      void pending.then((peer) => peer.write(String(index)))
      later.push(pending)
      await new Promise((resolve) => setImmediate(resolve))
      await numbers(tunnel)
    }
    first.destroy()
    ;(await backend.connection(0)).end()
    for (let index = 1; index <= 4; index++) {
      const far = await backend.connection(index)
      await far.receive(String(index))
      assert.equal(backend.connections.length, index + 1)
      ;(await later[index - 1])?.end()
      far.end()
    }
    await waitForRow(tunnel, [0, 0, 5, 5, 0, 0, 5, 5])
  }),
  scenario("server-limit-is-global", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--max-concurrent-conns=2").start()
    const count = 12
    const peers = Array.from({ length: count }, async () => {
      const peer = await join(stage, tunnel)
      await peer.eof()
      peer.end()
    })
    for (let index = 0; index < count; index++) {
      const far = await backend.connection(index)
      if (index + 1 < count) await backend.connection(index + 1)
      const now = await numbers(tunnel)
      assert.ok((now["conn.open"] ?? 99) <= 2, `${now["conn.open"]} open`)
      assert.ok(backend.connections.length <= index + 2, `${backend.connections.length} at the backend, ${index} over`)
      far.end()
      await far.close()
    }
    await Promise.all(peers)
    await waitForRow(tunnel, [0, 0, count, count, 0, 0, count, count])
  }),
  waiting(
    scenario("server-limit-slot-held-by-silent-client", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--max-concurrent-conns=1", "--connect-timeout=4s").start()
      const silent = await connectPlain(stage, tunnel.listen)
      await waitForNumbers(tunnel, { "accept.total": 1 })
      const patient = join(stage, tunnel)
      await silent.eof()
      await (await patient).write("my turn")
      await (await backend.connection(0)).receive("my turn")
      await waitForRow(tunnel, [1, 0, 2, 1, 1, 1, 2, 1])
    })
  ),
  scenario("server-limit-queued-client-leaves", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).listen(stage.unix()).allowAll().status().target(backend)
    const tunnel = await builder.args("--max-concurrent-conns=1").start()
    const first = await join(stage, tunnel)
    const far = await backend.connection(0)
    const leaver = await connectPlain(stage, tunnel.listen)
    leaver.destroy()
    const last = join(stage, tunnel)
    await waitForRow(tunnel, [1, 0, 1, 1, 0, 0, 1, 0])
    first.end()
    far.end()
    await (await last).write("my turn")
    await (await backend.connection(1)).receive("my turn")
    await waitForRow(tunnel, [1, 0, 3, 2, 1, 0, 3, 2])
  }),
  scenario("server-limit-queue-is-reset-at-shutdown", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--max-concurrent-conns=1").start()
    const first = await join(stage, tunnel)
    const far = await backend.connection(0)
    await tunnel.waitForLine(/opening pipe/)
    const options = { to: tunnel.listen, ca: await ca(), identity: await clientIdentity() }
    const queued = [attemptTls(stage, options, "no"), attemptTls(stage, options, "no")]
    await connectPlain(stage, tunnel.listen)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/shutdown proxy, waiting for drain/)
    for (const attempt of await Promise.all(queued))
      assert.deepEqual([attempt.completed, attempt.received], [false, ""])
    await first.write("still open")
    await far.receive("still open")
    first.end()
    far.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(backend.connections.length, 1)
  })
]

runTopic("server-limit", serverLimit)
