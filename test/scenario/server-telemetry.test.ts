/** What the status port tells beside the Go program: OpenMetrics, probes, certificates and reloads. */
import assert from "node:assert/strict"
import { copyFileSync, writeFileSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { ask } from "../support/Metrics.ts"
import { runTool } from "../support/Program.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { server, type Tunnel } from "../support/Tunnel.ts"
import { ca, foreignIdentity, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const page = async (tunnel: Tunnel): Promise<ReadonlyArray<string>> =>
  (await ask(tunnel.status, "/_metrics/openmetrics")).body.split("\n")

/** Waits until the page has all these lines. */
const shows = (tunnel: Tunnel, ...lines: ReadonlyArray<string>) => {
  let last: ReadonlyArray<string> = []
  return eventually(
    lines.join(", "),
    async () => {
      last = await page(tunnel)
      return lines.every((line) => last.includes(line)) ? last : undefined
    },
    () => last.filter((line) => line.startsWith("ghostunnel_")).join("\n")
  )
}

export const serverTelemetry = [
  scenario("server-openmetrics-connections", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).args("--allow-cn=client", "--metrics-identities=3").status()
    const tunnel = await builder.target(backend).start()
    const peer = await join(stage, tunnel)
    await peer.echo("twelve bytes")
    // While it is open: what it has carried is known already.
    await shows(
      tunnel,
      "ghostunnel_connections_active 1",
      'ghostunnel_carried_bytes_total{direction="forwarded"} 12',
      'ghostunnel_carried_bytes_total{direction="returned"} 12',
      'ghostunnel_identity_connections_total{identity="CN=client,OU=ops+OU=night,O=Scenario"} 1'
    )
    peer.end()
    const stranger = { to: tunnel.listen, ca: await ca(), identity: await foreignIdentity("client") }
    assert.equal((await attemptTls(stage, stranger, "no")).received, "")
    const lines = await shows(
      tunnel,
      "ghostunnel_connections_active 0",
      "ghostunnel_connections_accepted_total 2",
      "ghostunnel_connections_established_total 1",
      'ghostunnel_connections_closed_total{reason="eof"} 1',
      'ghostunnel_errors_total{stage="handshake",reason="untrusted"} 1',
      'ghostunnel_handshake_duration_seconds_count{result="admitted"} 1',
      'ghostunnel_handshake_duration_seconds_count{result="refused"} 1',
      'ghostunnel_dial_duration_seconds_count{result="connected"} 1',
      "ghostunnel_connection_duration_seconds_count 1",
      'ghostunnel_identity_carried_bytes_total{identity="CN=client,OU=ops+OU=night,O=Scenario",direction="returned"} 12'
    )
    const threads = stage.cell.plane === "workers" ? ["main", "worker-1", "worker-2"] : ["main"]
    const lagging = lines.flatMap((line) => /^ghostunnel_event_loop_lag_seconds\{thread="(.*)"\}/.exec(line)?.[1] ?? [])
    assert.deepEqual(lagging.toSorted(), threads)
    assert.ok(lines.some((line) => /^ghostunnel_handshakes_total\{version="TLS 1.3",.*resumed="false"\} 1$/.test(line)))
  }),
  scenario("server-openmetrics-formats", "control", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await echoBackend(stage))
      .start()
    for (const path of ["/_metrics/openmetrics", "/_metrics?format=openmetrics"]) {
      const { body, code, headers } = await ask(tunnel.status, path)
      assert.equal(code, 200)
      assert.equal(headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8")
      assert.match(body, /^# TYPE .*\n# EOF\n$/s)
    }
    const old = await ask(tunnel.status, "/_metrics?format=prometheus&format=openmetrics")
    assert.match(`${old.headers["content-type"]}`, /^text\/plain/)
  }),
  scenario(
    "server-openmetrics-promtool",
    "control",
    async (stage) => {
      const builder = (await serverTunnel(stage)).allowAll().args("--max-concurrent-conns=9", "--metrics-identities=3")
      const tunnel = await builder
        .status()
        .target(await echoBackend(stage))
        .start()
      const peer = await join(stage, tunnel)
      await peer.echo("hello")
      await shows(tunnel, "ghostunnel_connection_slots 9", "ghostunnel_connection_slots_used 1")
      const found = await runTool(stage, "curl", [
        ...["-s", "-H", "Accept: text/plain", "--compressed"],
        `${tunnel.status.scheme}://${tunnel.status.endpoint.network === "tcp" ? `127.0.0.1:${tunnel.status.endpoint.port}` : ""}/_metrics/openmetrics`
      ])
      const checked = await runTool(stage, "promtool", ["check", "metrics"], found.stdout)
      assert.equal(checked.stdout + checked.stderr, "")
      assert.equal(checked.exited?.code, 0)
    },
    ["prometheus", "curl"]
  ),
  scenario("server-probes", "data-path", async (stage) => {
    const nobody = await stage.tcp()
    const down = await (await serverTunnel(stage)).allowAll().status().target(nobody).start()
    assert.equal((await ask(down.status, "/_status")).code, 503)
    assert.deepEqual(await ask(down.status, "/_livez").then(({ body, code }) => ({ body, code })), {
      body: "ok\n",
      code: 200
    })
    const ready = await ask(down.status, "/_readyz")
    assert.equal(ready.code, 503)
    assert.match(ready.body, /^not ready: backend: .*connection refused\n$/)
    const up = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await echoBackend(stage))
      .start()
    for (const path of ["/_livez", "/_readyz"]) {
      assert.deepEqual(await ask(up.status, path).then(({ body, code }) => ({ body, code })), {
        body: "ok\n",
        code: 200
      })
    }
  }),
  scenario("server-status-tells-certificates-and-reloads", "control", async (stage) => {
    const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000)
    const later = new Date(soon.getTime() + 86_400_000)
    const paths = { certPath: stage.path(".crt"), keyPath: stage.path(".key") }
    const use = async (notAfter: Date) => {
      const identity = await serverIdentity({ cn: `until ${notAfter.getTime()}`, notAfter })
      copyFileSync(identity.certPath, paths.certPath)
      copyFileSync(identity.keyPath, paths.keyPath)
    }
    await use(soon)
    const builder = server(stage)
      .identity(paths)
      .ca(await ca())
      .allowAll()
      .status()
    const tunnel = await builder.target(await echoBackend(stage)).start()
    const status = async () => (await ask(tunnel.status, "/_status")).body
    const text = (date: Date) => date.toISOString().replace(".000Z", "Z")
    assert.match(
      await status(),
      new RegExp(`"certificates":\\{"leaf_not_after":"${text(soon)}","ca_not_after":"[^"]+"\\}\\}$`)
    )

    writeFileSync(paths.keyPath, "no key")
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    assert.match(await status(), /"last_reload_error":"[^"]*"\}$/)
    await shows(tunnel, 'ghostunnel_reloads_total{result="failure"} 1', 'ghostunnel_reloads_total{result="success"} 0')

    await use(later)
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/, 2)
    const now = await status()
    assert.ok(now.includes(`"leaf_not_after":"${text(later)}"`), now)
    assert.ok(!now.includes("last_reload_error"), now)
    const lines = await shows(tunnel, 'ghostunnel_reloads_total{result="success"} 1')
    const leaves = lines.filter((line) =>
      line.startsWith('ghostunnel_certificate_not_after_timestamp_seconds{role="leaf"')
    )
    assert.deepEqual(
      leaves.map((line) => Number(line.split(" ").at(-1))),
      [later.getTime() / 1000]
    )
  })
]

runTopic("server-telemetry", serverTelemetry)
