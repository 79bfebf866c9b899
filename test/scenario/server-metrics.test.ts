/** The metric semantics table (`metric-semantics.txt` of the reference program), row by row, and exactness over threads. */
import assert from "node:assert/strict"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { ask, numbers, waitForRow } from "../support/Metrics.ts"
import { connectPlain, type Peer } from "../support/Peer.ts"
import { relay } from "../support/Relay.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { ca, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

const million = 1_000_000

export const serverMetrics = [
  waiting(
    scenario("server-metrics-table", "data-path", async (stage) => {
      const backend = await echoBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const limits = ["--connect-timeout=6s", "--max-conn-lifetime=8s", "--close-timeout=30s"]
      const tunnel = await builder.args(...limits).start()
      // Columns: conn.open conn.timeout accept.{total,success,error,timeout} conn.handshake.count conn.lifetime.count
      await waitForRow(tunnel, [0, 0, 0, 0, 0, 0, 0, 0])

      const silent = await connectPlain(stage, tunnel.listen)
      await waitForRow(tunnel, [1, 0, 1, 0, 0, 0, 0, 0])
      await silent.eof()
      await waitForRow(tunnel, [0, 0, 1, 0, 1, 1, 1, 1])
      const slow = await numbers(tunnel)
      for (const timer of ["conn.handshake.max", "conn.lifetime.max"]) {
        assert.ok(
          (slow[timer] ?? 0) >= 5_990 * million && (slow[timer] ?? 0) < 24_000 * million,
          `${timer} ${slow[timer]}`
        )
      }

      const orderly = await join(stage, tunnel)
      await waitForRow(tunnel, [1, 0, 2, 1, 1, 1, 2, 1])
      orderly.end()
      await waitForRow(tunnel, [0, 0, 2, 1, 1, 1, 2, 2])

      const wire = await relay(stage, tunnel.listen)
      const resetting = await join(stage, { listen: wire.endpoint })
      await resetting.echo("hello")
      wire.reset()
      await waitForRow(tunnel, [0, 0, 3, 2, 1, 1, 3, 3])

      // The reference cuts one direction late here; ours is the hard limit of the Go program: both at once.
      const idle = await join(stage, tunnel)
      await idle.eof()
      await waitForRow(tunnel, [0, 2, 4, 3, 1, 1, 4, 4])

      await attemptTls(stage, { to: tunnel.listen, ca: await ca() }, "no certificate")
      await waitForRow(tunnel, [0, 2, 5, 3, 2, 1, 5, 5])

      const plain = await connectPlain(stage, tunnel.listen)
      await plain.write("hello\r\n\r\n")
      await plain.eof()
      await waitForRow(tunnel, [0, 2, 6, 3, 3, 1, 6, 6])

      ;(await connectPlain(stage, tunnel.listen)).destroy()
      await waitForRow(tunnel, [0, 2, 7, 3, 4, 1, 7, 7])
      ;(await connectPlain(stage, tunnel.listen)).reset()
      await waitForRow(tunnel, [0, 2, 8, 3, 5, 1, 8, 8])
    })
  ),
  scenario("server-metrics-backend-down", "data-path", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await stage.tcp())
      .start()
    await (await join(stage, tunnel)).eof()
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    assert.equal((await ask(tunnel.status, "/_status")).code, 503)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
  }),
  scenario("server-metrics-close-timeout-zero", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(backend)
      .args("--close-timeout=0s")
      .start()
    for (let index = 0; index < 5; index++) {
      const peer = await join(stage, tunnel)
      await backend.connection(index)
      peer.end()
      await peer.close()
    }
    await waitForRow(tunnel, [0, 5, 5, 5, 0, 0, 5, 5])
  }),
  waiting(
    scenario("server-metrics-backend-never-closes", "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const tunnel = await (await serverTunnel(stage))
        .allowAll()
        .status()
        .target(backend)
        .args("--close-timeout=2s")
        .start()
      const peers = await Promise.all([1, 2, 3, 4, 5].map(() => join(stage, tunnel)))
      await backend.connection(4)
      await waitForRow(tunnel, [5, 0, 5, 5, 0, 0, 5, 0])
      for (const peer of peers) peer.end()
      await Promise.all(backend.connections.map((each) => each.eof()))
      await waitForRow(tunnel, [0, 5, 5, 5, 0, 0, 5, 5])
      const lifetime = (await numbers(tunnel))["conn.lifetime.min"] ?? 0
      assert.ok(lifetime >= 1_990 * million && lifetime < 20_000 * million, `${lifetime}`)
    })
  ),
  scenario("server-metrics-exact-over-100-connections", "data-path", async (stage) => {
    const count = 100
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const began = performance.now()
    const peers: ReadonlyArray<Peer> = await Promise.all(Array.from({ length: count }, () => join(stage, tunnel)))
    await Promise.all(peers.map((peer, index) => peer.echo(`connection ${index}`)))
    await waitForRow(tunnel, [count, 0, count, count, 0, 0, count, 0])
    for (const peer of peers) peer.end()
    await waitForRow(tunnel, [0, 0, count, count, 0, 0, count, count])
    const limit = (performance.now() - began) * million
    const all = await numbers(tunnel)
    for (const timer of ["conn.handshake", "conn.lifetime"]) {
      const [least, median, high, highest, most, mean] = [
        "min",
        "50-percentile",
        "95-percentile",
        "99-percentile",
        "max",
        "mean"
      ].map((suffix) => all[`${timer}.${suffix}`] ?? Number.NaN)
      const rising = [0, least, median, high, highest, most, limit]
      assert.deepEqual(
        rising,
        [...rising].sort((a, b) => (a ?? 0) - (b ?? 0)),
        `${timer}: ${rising}`
      )
      assert.ok((least ?? 0) > 0 && (mean ?? 0) >= (least ?? 0) && (mean ?? 0) <= (most ?? 0), `${timer} mean ${mean}`)
    }
    assert.ok((all["conn.lifetime.max"] ?? 0) >= (all["conn.handshake.max"] ?? 0))
    assert.equal(tunnel.count(/^opening pipe/), count)
    tunnel.signal("SIGTERM")
    await tunnel.exit()
    assert.equal(tunnel.count(/^closed pipe/), count)
    // A pipe's opening is logged before its end, whichever thread carried it.
    for (const line of tunnel.messages.filter((message) => message.startsWith("closed pipe"))) {
      const from = / (tcp:[\d.]+:\d+) /.exec(line)?.[1] ?? "?"
      const opened = tunnel.messages.findIndex((each) => each.startsWith(`opening pipe: ${from} `))
      assert.ok(opened >= 0 && opened < tunnel.messages.indexOf(line), line)
    }
  }),
  scenario("server-metrics-exact-under-churn", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowCn("client").status().target(backend).start()
    const trust = await ca()
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round++) {
          const peer = await join(stage, tunnel)
          await peer.echo("churn")
          peer.end()
          await peer.close()
          await attemptTls(stage, { to: tunnel.listen, ca: trust }, "no certificate")
        }
      })
    )
    await waitForRow(tunnel, [0, 0, 80, 40, 40, 0, 80, 80])
  }),
  scenario("server-metrics-agree-between-formats", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const peer = await join(stage, tunnel)
    await peer.echo("one")
    await attemptTls(stage, { to: tunnel.listen, ca: await ca() }, "no certificate")
    await waitForRow(tunnel, [1, 0, 2, 1, 1, 0, 2, 1])
    const { body } = await ask(tunnel.status, "/_metrics/prometheus")
    const all = await numbers(tunnel)
    for (const name of [
      "conn.open",
      "conn.timeout",
      "accept.total",
      "accept.success",
      "accept.error",
      "accept.timeout"
    ]) {
      const family = `ghostunnel_${name.replaceAll(".", "_")}`
      assert.match(body, new RegExp(`^# TYPE ${family} gauge\\n${family} ${all[name]}$`, "m"))
    }
    for (const timer of ["conn_handshake", "conn_lifetime"]) {
      const count = all[`${timer.replace("_", ".")}.count`]
      assert.match(body, new RegExp(`^ghostunnel_${timer}_timer_bucket\\{le="\\+Inf"\\} ${count}$`, "m"))
      assert.match(body, new RegExp(`^ghostunnel_${timer}_timer_count ${count}$`, "m"))
    }
  })
]

runTopic("server-metrics", serverMetrics)
