/** `--close-timeout` (idleness after a half-close) and `--max-conn-lifetime` (a hard limit). */
import assert from "node:assert/strict"
import { echoBackend, endlessSender, holdingBackend, lateSender } from "../support/Backend.ts"
import { pause } from "../support/Changes.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import { ca, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

export const serverTimeouts = [
  waiting(
    scenario("server-close-timeout-extended-by-data", "data-path", async (stage) => {
      // 6 s of data every 120 ms: an absolute deadline of 4 s would cut it, an idle one of 4 s must not.
      const backend = await lateSender(stage, "data.", 50, 120)
      const tunnel = await (await serverTunnel(stage))
        .allowAll()
        .status()
        .target(backend)
        .args("--close-timeout=4s")
        .start()
      const client = await join(stage, tunnel)
      await client.write("x")
      client.end()
      await client.eof()
      assert.equal(client.text, "data.".repeat(50))
      await tunnel.waitForLine(/closed pipe/)
      await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 1, 1])
      assert.equal(tunnel.count(/error/), 0)
    })
  ),
  waiting(
    scenario("server-close-timeout-extended-by-client-data", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const tunnel = await (await serverTunnel(stage))
        .allowAll()
        .status()
        .target(backend)
        .args("--close-timeout=4s")
        .start()
      const client = await join(stage, tunnel)
      const far = await backend.connection(0)
      far.end()
      await client.eof()
      for (let sent = 0; sent < 50; sent++) {
        await client.write("data.")
        await far.receiveBytes(5 * (sent + 1))
        await pause(120)
      }
      client.end()
      await far.eof()
      assert.equal(far.text, "data.".repeat(50))
      await tunnel.waitForLine(/closed pipe/)
      await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 1, 1])
    })
  ),
  scenario("server-close-timeout-cuts-silent-backend", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--close-timeout=400ms").start()
    const client = await join(stage, tunnel)
    const far = await backend.connection(0)
    const began = performance.now()
    client.end()
    await far.eof()
    await client.close()
    assert.ok(performance.now() - began > 390, "cut too early")
    assert.equal(client.ended, true, "the client gets close_notify, also after a timeout")
    await tunnel.waitForLine(/error during copy: .*i\/o timeout/)
    await tunnel.waitForLine(/closed pipe/)
    await waitForRow(tunnel, [0, 1, 1, 1, 0, 0, 1, 1])
  }),
  scenario("server-close-timeout-cuts-silent-client", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--close-timeout=400ms").start()
    const client = await join(stage, tunnel)
    const far = await backend.connection(0)
    far.end()
    await client.eof()
    await tunnel.waitForLine(/error during copy: .*i\/o timeout/)
    await tunnel.waitForLine(/closed pipe/)
    await waitForRow(tunnel, [0, 1, 1, 1, 0, 0, 1, 1])
  }),
  scenario("server-close-timeout-zero", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(backend)
      .args("--close-timeout=0s")
      .start()
    const client = await join(stage, tunnel)
    await client.write("x")
    await (await backend.connection(0)).receive("x")
    client.end()
    await client.close()
    await (await backend.connection(0)).eof()
    await tunnel.waitForLine(/closed pipe/)
    await waitForRow(tunnel, [0, 1, 1, 1, 0, 0, 1, 1])
  }),
  waiting(
    scenario("server-lifetime-cuts-busy-connection", "data-path", async (stage) => {
      const backend = await endlessSender(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--max-conn-lifetime=600ms").start()
      const began = performance.now()
      const client = await join(stage, tunnel)
      await client.receiveBytes(1)
      await client.eof()
      assert.ok(performance.now() - began > 550, "cut too early")
      client.destroy()
      await (await backend.connection(0)).close()
      await tunnel.waitForLine(/error during copy: .*i\/o timeout/)
      await tunnel.waitForLine(/closed pipe/)
      await waitForRow(tunnel, [0, 2, 1, 1, 0, 0, 1, 1])
    })
  ),
  waiting(
    scenario("server-lifetime-is-not-extended-by-close-timeout", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--max-conn-lifetime=6s", "--close-timeout=60s").start()
      const [idle, half] = await Promise.all([join(stage, tunnel), join(stage, tunnel)])
      await backend.connection(1)
      half.end()
      await Promise.all([idle.eof(), half.close()])
      await tunnel.waitForLine(/closed pipe/, 2)
      await waitForRow(tunnel, [0, 3, 2, 2, 0, 0, 2, 2])
    })
  ),
  scenario("server-lifetime-spares-short-connections", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.args("--max-conn-lifetime=30s").start()
    const client = await join(stage, tunnel)
    await client.echo("short")
    client.end()
    await tunnel.waitForLine(/closed pipe/)
    await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 1, 1])
  }),
  // Node's timers hold 24.8 days; what is set for longer they do after a millisecond, and they say so on standard error.
  scenario("server-timeouts-of-months", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const months = ["connect-timeout", "close-timeout", "max-conn-lifetime", "shutdown-timeout"]
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status("https")
      .target(backend)
      .args(...[...months, "timed-reload", "metrics-interval"].map((flag) => `--${flag}=8760h`))
      .start()
    const [client, half] = [await join(stage, tunnel), await join(stage, tunnel)]
    await client.echo("before ")
    for (let round = 0; round < 5; round++) {
      assert.equal((await ask(tunnel.status, "/_status", "GET", (await ca()).certPem)).code, 200)
    }
    half.end()
    await half.eof()
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain$/)
    await pause(100)
    await client.echo("after")
    client.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.count(/error (on|during)|TLS handshake error|reload/), 0)
    assert.equal(tunnel.stderr, "")
  })
]

runTopic("server-timeouts", serverTimeouts)
