/** Shutdown: listeners close at once, open connections go on, the exit code tells whether they could finish. */
import assert from "node:assert/strict"
import { existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { accepts, type Endpoint } from "../support/Endpoint.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import { nativeCallback } from "../support/NativeCallback.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const drains = (signal: NodeJS.Signals, word: string, network: Endpoint["network"]) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const listen = await stage.address(network)
  const tunnel = await (await serverTunnel(stage)).listen(listen).allowAll().status().target(backend).start()
  const peers = await Promise.all([1, 2, 3, 4].map(() => join(stage, tunnel)))
  await Promise.all(peers.map((peer) => peer.echo("before ")))
  tunnel.signal(signal)
  await tunnel.waitForLine(new RegExp(`received ${word}, shutting down$`))
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  assert.equal(await accepts(tunnel.listen), false, "the listener still accepts")
  assert.equal(await accepts(tunnel.status.endpoint), false, "the status port still accepts")
  if (listen.network === "unix") assert.equal(existsSync(listen.path), false)
  for (const peer of peers) {
    await peer.echo("after")
    assert.equal(tunnel.exited, undefined)
    peer.end()
    await peer.close()
  }
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.count(/^closed pipe/), 4)
  assert.equal(tunnel.stderr, "")
}

/** A thread that never comes back to its loop is not waited for, and its callback does not abort the process. */
const forcedInCallback = async (stage: Stage) => {
  assert.equal(stage.cell.plane, "workers")
  const began = stage.path(".began")
  const environment = Object.entries(nativeCallback(stage.path(".cjs"), began, 60_000))
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .target(await echoBackend(stage))
    .args("--shutdown-timeout=200ms")
    .below("env", ...environment.map(([name, value]) => `${name}=${value}`))
    .start()
  tunnel.signal("SIGUSR2")
  await eventually("a thread in its callback", async () => existsSync(began) || undefined)
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  assert.equal(tunnel.stderr, "")
}

export const serverDrain = [
  scenario("server-drain-forced-in-a-native-callback", "control", forcedInCallback),
  scenario("server-drain-sigterm", "data-path", drains("SIGTERM", "terminated", "tcp")),
  scenario("server-drain-sigint", "data-path", drains("SIGINT", "interrupt", "tcp")),
  scenario("server-drain-unix", "data-path", drains("SIGTERM", "terminated", "unix")),
  scenario("server-drain-where-the-socket-cannot-be-removed", "data-path", async (stage) => {
    const listen = { network: "unix" as const, path: stage.path(".sock") }
    const builder = (await serverTunnel(stage))
      .listen(listen)
      .allowAll()
      .target(await echoBackend(stage))
    const tunnel = await builder.start()
    const peer = await join(stage, tunnel)
    await peer.echo("before ")
    rmSync(listen.path)
    mkdirSync(listen.path)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
    await peer.echo("after")
    peer.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.stderr, "")
    rmdirSync(listen.path)
  }),
  scenario("server-drain-without-connections", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(await accepts(tunnel.listen), false)
  }),
  scenario("server-drain-keeps-timeouts", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().target(backend)
    const tunnel = await builder.args("--close-timeout=400ms", "--shutdown-timeout=60s").start()
    const peer = await join(stage, tunnel)
    await tunnel.waitForLine(/opening pipe/)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    peer.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.count(/error during copy: .*i\/o timeout/), 1)
  }),
  scenario("server-drain-timeout", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).args("--shutdown-timeout=400ms").start()
    const peer = await join(stage, tunnel)
    const far = await backend.connection(0)
    await tunnel.waitForLine(/opening pipe/)
    const began = performance.now()
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/graceful shutdown timeout: forcing exit$/)
    assert.ok(performance.now() - began > 390, "forced too early")
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    await Promise.all([peer.eof(), far.eof()])
  }),
  scenario("server-drain-cancels-handshakes", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend).args("--connect-timeout=60s")
    const tunnel = await builder.start()
    const peer = await connectPlain(stage, tunnel.listen)
    const control = await join(stage, tunnel)
    await tunnel.waitForLine(/opening pipe/)
    // The two may be with different threads: that one gets through does not prove that the silent one is accepted.
    await waitForNumbers(tunnel, { "accept.total": 2 })
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    await peer.eof()
    control.destroy()
    ;(await backend.connection(0)).end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(backend.connections.length, 1)
  }),
  scenario("server-second-sigterm-kills", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    await join(stage, tunnel)
    await tunnel.waitForLine(/opening pipe/)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: null, signal: "SIGTERM" })
  }),
  scenario("server-sigint-after-sigterm-kills", "control", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    await join(stage, tunnel)
    await tunnel.waitForLine(/opening pipe/)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    tunnel.signal("SIGINT")
    assert.deepEqual(await tunnel.exit(), { code: null, signal: "SIGINT" })
  }),
  scenario("server-drain-ignores-reload", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    const peer = await join(stage, tunnel)
    await peer.echo("before ")
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    tunnel.signal("SIGHUP")
    tunnel.signal("SIGUSR1")
    tunnel.signal("SIGUSR2")
    for (let round = 0; round < 10; round++) await peer.echo("still ")
    peer.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.count(/reloading/), 0)
  }),
  scenario("server-harmless-signals", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    for (const name of ["SIGUSR2", "SIGALRM", "SIGPIPE", "SIGVTALRM", "SIGIO"] as const) tunnel.signal(name)
    const peer = await join(stage, tunnel)
    await peer.echo("unimpressed")
    assert.equal(tunnel.exited, undefined)
  })
]

runTopic("server-drain", serverDrain)
