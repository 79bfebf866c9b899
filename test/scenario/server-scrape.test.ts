/** The metric pages as their readers see them: name for name those of the Go program, and a real Prometheus. */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { described, entries, families, golden, untilFirstCollection } from "../metrics/Golden.ts"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { ask, numbers, waitForNumbers } from "../support/Metrics.ts"
import { Program, runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

const names = scenario("server-scrape-names", "data-path", async (stage) => {
  const backend = await echoBackend(stage)
  const builder = (await serverTunnel(stage)).allowAll().status().target(backend).args("--metrics-interval=1s")
  const tunnel = await builder.start()
  const read = async (path: string) => (await ask(tunnel.status, path)).body
  const metrics = (body: string) => entries(body).map(({ metric }) => metric)
  const late = await eventually("the first runtime gauges", async () => {
    const body = await read("/_metrics/json")
    return entries(body).length > 30 ? body : undefined
  })
  assert.deepEqual(metrics(late).toSorted(), metrics(golden("metrics.json")).toSorted())
  const page = await read("/_metrics/prometheus")
  assert.deepEqual(described(page), described(golden("metrics.prom")))
  for (const family of families(page).keys()) {
    assert.ok(/^(ghostunnel|process)_/.test(family), `${family} is new and has no place on this page`)
  }
  assert.ok(families(golden("metrics-later.prom")).has(untilFirstCollection))
  // Every value is a number as the Go library writes it.
  for (const line of page.split("\n").filter((text) => text !== "" && !text.startsWith("#"))) {
    assert.match(line, /^[a-z_]+[a-z0-9_]*(\{le="[^"]+"\})? (0|-?\d+(\.\d+)?(e[+-]\d\d+)?)$/)
  }
})

const fibers = scenario("server-scrape-fibers", "data-path", async (stage) => {
  const backend = await echoBackend(stage)
  const builder = (await serverTunnel(stage)).allowAll().status().target(backend).args("--metrics-interval=1s")
  const tunnel = await builder.start()
  /** The gauge as it is refreshed from now on: what is allocated in all never stays the same. */
  const goroutines = async (wanted: (count: number) => boolean) => {
    const before = (await numbers(tunnel))["runtime.mem.total-alloc"]
    let last = Number.NaN
    return eventually(
      "runtime.goroutines",
      async () => {
        const { "runtime.goroutines": count = Number.NaN, "runtime.mem.total-alloc": allocated } = await numbers(tunnel)
        if (allocated === before) return undefined
        last = count
        return wanted(count) ? count : undefined
      },
      () => `- last seen ${last}`
    )
  }
  const peers = await Promise.all(Array.from({ length: 40 }, () => join(stage, tunnel)))
  await waitForNumbers(tunnel, { "conn.open": 40, "accept.success": 40 })
  const busy = await goroutines((count) => count >= 40)
  for (const peer of peers) peer.end()
  // What is not a connection, a request at the status port for one, may be there at one time and not at the other.
  await goroutines((count) => count <= busy - 40)
})

const promtool = scenario(
  "server-scrape-promtool",
  "control",
  async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    const { body } = await ask(tunnel.status, "/_metrics/prometheus")
    // What it finds is what it finds in the Go program's page: names that dashboards know.
    const found = await runTool(stage, "promtool", ["check", "metrics"], body)
    assert.equal(found.exited?.code, 3, found.toString())
    assert.deepEqual(
      (found.stdout + found.stderr).trim().split("\n").toSorted(),
      golden("promtool-check.txt").trim().split("\n").toSorted()
    )
  },
  ["prometheus"]
)

/** The document's scrape configuration, with the certificate that older versions of it give to the client. */
const configuration = async (stage: Stage, target: Endpoint, page: string): Promise<string> => {
  const identity = await clientIdentity()
  const path = stage.path(".yml")
  const tls = `ca_file: ${(await ca()).certPath}, cert_file: ${identity.certPath}, key_file: ${identity.keyPath}`
  writeFileSync(
    path,
    `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: ghostunnel
    scheme: https
    tls_config: { ${tls} }
    ${page}
    static_configs: [{ targets: ['localhost:${portOf(target)}'] }]
`
  )
  return path
}

/** The value of one series, once Prometheus has it. */
const query = (server: Endpoint, text: string): Promise<string> =>
  eventually(`${text} in Prometheus`, async () => {
    const port = { scheme: "http", endpoint: server } as const
    const answer = await ask(port, `/api/v1/query?query=${encodeURIComponent(text)}`).catch(() => undefined)
    return /"value":\[[\d.]+,"([^"]+)"\]/.exec(answer?.body ?? "")?.[1]
  })

const scraped = (page: string) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const tunnel = await (await serverTunnel(stage)).allowAll().status("https").target(backend).start()
  await (await join(stage, tunnel)).echo("counted")
  const web = await stage.tcp()
  new Program(stage, "prometheus", [
    `--config.file=${await configuration(stage, tunnel.status.endpoint, page)}`,
    `--storage.tsdb.path=${stage.path(".tsdb")}`,
    `--web.listen-address=${textOf(web)}`
  ])
  assert.equal(await query(web, 'up{job="ghostunnel"} == 1'), "1")
  assert.equal(await query(web, "ghostunnel_accept_success"), "1")
  assert.equal(await query(web, "ghostunnel_conn_open"), "1")
  assert.equal(await query(web, 'ghostunnel_conn_handshake_timer_bucket{le="+Inf"}'), "1")
  assert.ok(Number(await query(web, "process_resident_memory_bytes")) > 1e7)
  assert.ok(Number(await query(web, "scrape_samples_scraped")) > 60)
  const metadata = await ask(
    { scheme: "http", endpoint: web },
    "/api/v1/metadata?metric=ghostunnel_conn_lifetime_timer"
  )
  assert.match(metadata.body, /"type":"histogram","help":"conn_lifetime"/)
  // Scrapes are no connections of the tunnel, and nothing about them is logged.
  assert.equal(await query(web, "ghostunnel_accept_total"), "1")
  assert.equal(tunnel.count(/^http: /), 0)
}

export const serverScrape = [
  names,
  fibers,
  promtool,
  scenario("server-scrape-prometheus", "control", scraped("metrics_path: /_metrics/prometheus"), ["prometheus"]),
  scenario(
    "server-scrape-prometheus-by-format",
    "control",
    scraped("metrics_path: /_metrics\n    params: { format: [prometheus] }"),
    ["prometheus"]
  )
]

runTopic("server-scrape", serverScrape)
