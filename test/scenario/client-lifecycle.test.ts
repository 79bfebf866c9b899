/** A client tunnel over time: limits, unreachable servers, drain, reload. */
import assert from "node:assert/strict"
import { copyFileSync, existsSync } from "node:fs"
import { holdingBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { accepts, type Endpoint } from "../support/Endpoint.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { client } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

const echoServer = async (stage: Stage) =>
  tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
const holdingServer = async (stage: Stage) => tlsServer(stage, { identity: await serverIdentity(), ca: await ca() })

const drains = (network: Endpoint["network"]) => async (stage: Stage) => {
  const server = await echoServer(stage)
  const listen = await stage.address(network)
  const tunnel = await (await clientTunnel(stage)).listen(listen).localTarget(server).start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.echo("before ")
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/received terminated, shutting down$/)
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  assert.equal(await accepts(listen), false)
  if (listen.network === "unix") assert.equal(existsSync(listen.path), false)
  await peer.echo("after")
  peer.end()
  await peer.close()
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
}

export const clientLifecycle = [
  scenario("client-drain", "data-path", drains("tcp")),
  scenario("client-drain-unix", "data-path", drains("unix")),
  scenario("client-drain-timeout", "data-path", async (stage) => {
    const server = await holdingServer(stage)
    const tunnel = await (await clientTunnel(stage)).localTarget(server).args("--shutdown-timeout=300ms").start()
    const peer = await connectPlain(stage, tunnel.listen)
    await tunnel.waitForLine(/opening pipe/)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/graceful shutdown timeout: forcing exit$/)
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    await peer.eof()
  }),
  scenario("client-drain-cancels-dials", "data-path", async (stage) => {
    const silent = await holdingBackend(stage)
    const builder = (await clientTunnel(stage)).localTarget(silent).args("--connect-timeout=60s")
    const tunnel = await builder.start()
    const peer = await connectPlain(stage, tunnel.listen)
    await silent.connection(0)
    tunnel.signal("SIGTERM")
    await peer.resetByPeer()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.count(/^error on dial: /), 1)
  }),
  scenario("client-reload", "data-path", async (stage) => {
    const server = await echoServer(stage)
    const files = { certPath: stage.path(".pem"), keyPath: stage.path(".key") }
    const use = (identity: TestIdentity) => {
      copyFileSync(identity.certPath, files.certPath)
      copyFileSync(identity.keyPath, files.keyPath)
    }
    use(await clientIdentity({ cn: "first" }))
    const tunnel = await client(stage)
      .identity(files)
      .ca(await ca())
      .localTarget(server)
      .start()
    const old = await connectPlain(stage, tunnel.listen)
    await old.echo("before ")
    assert.equal((await server.connection(0)).peerName, "first")
    use(await clientIdentity({ cn: "second" }))
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/loaded certificate: CN=second,/)
    await tunnel.waitForLine(/reloading configuration complete$/)
    for (let index = 1; index <= 4; index++) {
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.echo("hello")
      assert.equal((await server.connection(index)).peerName, "second")
    }
    await old.echo("after")
    copyFileSync((await clientIdentity({ cn: "first" })).certPath, files.certPath)
    tunnel.signal("SIGUSR1")
    await tunnel.waitForLine(/error reloading TLS configuration: .*private key does not match public key/)
    await tunnel.waitForLine(/reloading configuration complete$/, 2)
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("hello")
    assert.equal((await server.connection(5)).peerName, "second")
  }),
  waiting(
    scenario("client-server-never-answers", "data-path", async (stage) => {
      const silent = await holdingBackend(stage)
      const builder = (await clientTunnel(stage)).localTarget(silent).status().args("--connect-timeout=3s")
      const tunnel = await builder.start()
      const began = performance.now()
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.resetByPeer()
      assert.ok(performance.now() - began > 2_900, "gave up too early")
      assert.equal(peer.received, 0)
      await tunnel.waitForLine(/error on dial: context deadline exceeded$/)
      await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
      const answer = await eventually("an answer", () => ask(tunnel.status, "/_status").catch(() => undefined))
      assert.equal(answer.code, 503)
      assert.match(answer.body, /"backend_error":"context deadline exceeded"/)
    })
  ),
  scenario("client-server-down", "data-path", async (stage) => {
    const nowhere = await stage.tcp()
    const tunnel = await (await clientTunnel(stage)).localTarget({ endpoint: nowhere }).status().start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.resetByPeer()
    await tunnel.waitForLine(/error on dial: .*connection refused/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
  }),
  scenario("client-metrics-five-connections", "data-path", async (stage) => {
    const server = await echoServer(stage)
    const tunnel = await (await clientTunnel(stage)).localTarget(server).status().start()
    for (let index = 0; index < 5; index++) {
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.echo("hello")
      peer.end()
      await peer.close()
    }
    await waitForRow(tunnel, [0, 0, 5, 5, 0, 0, 0, 5])
  }),
  scenario("client-close-timeout", "data-path", async (stage) => {
    const server = await holdingServer(stage)
    const tunnel = await (await clientTunnel(stage)).localTarget(server).status().args("--close-timeout=400ms").start()
    const peer = await connectPlain(stage, tunnel.listen)
    const far = await server.connection(0)
    const began = performance.now()
    peer.end()
    await far.eof()
    assert.equal(far.ended, true)
    await peer.close()
    assert.ok(performance.now() - began > 350, "cut too early")
    await tunnel.waitForLine(/error during copy: .*i\/o timeout/)
    await waitForRow(tunnel, [0, 1, 1, 1, 0, 0, 0, 1])
  }),
  scenario("client-lifetime", "data-path", async (stage) => {
    const server = await holdingServer(stage)
    const tunnel = await (await clientTunnel(stage))
      .localTarget(server)
      .status()
      .args("--max-conn-lifetime=500ms")
      .start()
    const peer = await connectPlain(stage, tunnel.listen)
    const far = await server.connection(0)
    await Promise.all([peer.eof(), far.eof()])
    await waitForRow(tunnel, [0, 2, 1, 1, 0, 0, 0, 1])
  }),
  scenario("client-limit-queues", "data-path", async (stage) => {
    const server = await holdingServer(stage)
    const tunnel = await (await clientTunnel(stage))
      .localTarget(server)
      .status()
      .args("--max-concurrent-conns=1")
      .start()
    const peers = [await connectPlain(stage, tunnel.listen)]
    await server.connection(0)
    for (let index = 1; index <= 3; index++) peers.push(await connectPlain(stage, tunnel.listen))
    await waitForRow(tunnel, [1, 0, 1, 1, 0, 0, 0, 0])
    for (const peer of peers) {
      void peer.eof().then(() => peer.end())
    }
    for (let index = 0; index <= 3; index++) {
      const far = await server.connection(index)
      assert.equal(server.connections.length, index + 1)
      far.end()
      await far.close()
    }
    await waitForRow(tunnel, [0, 0, 4, 4, 0, 0, 0, 4])
  }),
  scenario("client-server-sends-garbage", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await clientTunnel(stage)).localTarget(backend).status().start()
    const peer = await connectPlain(stage, tunnel.listen)
    await (await backend.connection(0)).write("HTTP/1.1 400 Bad Request\r\n\r\n")
    await peer.resetByPeer()
    assert.equal(peer.received, 0)
    await tunnel.waitForLine(
      /error on dial: tls: first record does not look like a TLS handshake \(the target answered, but not in TLS: /
    )
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
  })
]

runTopic("client-lifecycle", clientLifecycle)
