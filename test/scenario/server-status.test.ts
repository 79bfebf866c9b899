/** The status port: forms of its address, `/_status`, the metric routes, `/_shutdown`. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { accepts, textOf } from "../support/Endpoint.ts"
import { injectFault } from "../support/FaultInjection.ts"
import { ask } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import { connectTls } from "../support/TlsClient.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { ca, foreignIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const keys = [
  "ok",
  "status",
  "listen_address",
  "forward_address",
  "backend_ok",
  "backend_status",
  "backend_error",
  "time",
  "last_reload",
  "hostname",
  "message",
  "revision",
  "compiler"
] as const

const parse = (body: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(body)
  assert.ok(typeof value === "object" && value !== null)
  return { ...value }
}

const json = /^application\/json/

/** Starts a tunnel that can be shut down over HTTP unless `words` say otherwise. */
const withStatus = async (stage: Stage, ...words: ReadonlyArray<string>): Promise<Tunnel> => {
  const backend = await echoBackend(stage)
  return (await serverTunnel(stage))
    .allowAll()
    .status()
    .target(backend)
    .args(...words)
    .start()
}

// Loaded into every thread before the program: says again and again whether this much of Node is there. (A message between
// threads would bring it along.)
const tellsUndici = `
const { threadId } = require("node:worker_threads")
const { appendFileSync } = require("node:fs")
setInterval(() => {
  const undici = process.moduleLoadList.some((name) => name.endsWith("deps/undici/undici"))
  appendFileSync(process.env.TOLD, threadId + " " + undici + "\\n")
}, 50).unref()
`

/** Its load takes longer than that of the rest of the status port, on every thread, and nothing here needs it. */
const withoutUndici = async (stage: Stage): Promise<void> => {
  const [script, told] = [stage.path(".cjs"), stage.path(".txt")]
  writeFileSync(script, tellsUndici)
  writeFileSync(told, "")
  const backend = await echoBackend(stage)
  const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
  const tunnel = await builder.below("env", `NODE_OPTIONS=--require=${script}`, `TOLD=${told}`).start()
  assert.equal((await ask(tunnel.status, "/_status")).code, 200)
  writeFileSync(told, "")
  const expected = ["0 false", "1 false", "2 false"].slice(0, stage.cell.plane === "inline" ? 1 : 3)
  await eventually("every thread's word", async () => {
    const said = new Set(readFileSync(told, "utf8").split("\n").slice(0, -1))
    assert.deepEqual(
      [...said].filter((line) => line.endsWith("true")),
      []
    )
    return expected.every((line) => said.has(line)) ? true : undefined
  })
}

export const serverStatus = [
  scenario("server-status-without-undici", "data-path", withoutUndici),
  scenario("server-status-tells-sandbox-and-workers", "data-path", async (stage) => {
    const settings = Object.entries(injectFault(stage, "worker")).map(([name, value]) => `${name}=${value}`)
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
    const tunnel = await builder.below("env", ...settings).start()
    const told = async () => parse((await ask(tunnel.status, "/_status")).body)
    const first = await told()
    const added = ["sandbox", "workers", "transport", "chain_verification", "certificates"]
    assert.deepEqual(Object.keys(first).slice(-6), ["compiler", ...added])
    assert.equal(first.transport, stage.cell.transport)
    assert.deepEqual(first.chain_verification, { by: "paths" })
    const { state, abi, ...lists } = parse(JSON.stringify(first.sandbox))
    const receipt = tunnel.messages.find((message) => message.startsWith("landlock ABI")) ?? ""
    assert.equal(state, receipt === "" ? "unavailable" : "enforced")
    if (receipt !== "") assert.ok(receipt.startsWith(`landlock ABI ${abi}: enforced: files`))
    assert.deepEqual(Object.keys(lists), ["enforced", "not_enforced", "threads_outside"])
    const threads = (replaced: number) =>
      stage.cell.plane === "inline"
        ? { number: 0, threads: [], replaced: 0 }
        : { number: 2, threads: [0, 1].map((thread) => ({ thread, serving: true })), replaced }
    assert.deepEqual(first.workers, threads(0))
    if (stage.cell.plane === "inline") return
    tunnel.signal("SIGUSR2")
    await tunnel.waitForLine(/worker thread \d ended unexpectedly/)
    await eventually("a new thread", async () => {
      const { workers } = await told()
      return JSON.stringify(workers) === JSON.stringify(threads(1)) ? true : undefined
    })
    const off = await withStatus(stage, "--sandbox=off")
    const { sandbox } = parse((await ask(off.status, "/_status")).body)
    assert.equal(parse(JSON.stringify(sandbox)).state, "off")
  }),
  scenario("server-status-ok", "data-path", async (stage) => {
    const tunnel = await withStatus(stage)
    const before = Date.now()
    const answer = await ask(tunnel.status, "/_status")
    assert.equal(answer.code, 200)
    assert.match(answer.headers["content-type"] ?? "", json)
    assert.ok(!answer.body.endsWith("\n"))
    const status = parse(answer.body)
    const expected = keys.filter((key) => key !== "backend_error")
    assert.deepEqual(Object.keys(status).slice(0, expected.length), expected)
    assert.deepEqual(
      [status.ok, status.status, status.backend_ok, status.backend_status, status.message],
      [true, "ok", true, "ok", "listening"]
    )
    assert.equal(status.listen_address, textOf(tunnel.listen))
    assert.equal(status.forward_address, /--target=(\S+)/.exec(tunnel.command)?.[1])
    assert.equal(status.last_reload, "0001-01-01T00:00:00Z")
    const time = String(status.time)
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/)
    assert.ok(Date.parse(time) >= before - 1 && Date.parse(time) <= Date.now() + 1, time)
  }),
  scenario("server-status-backend-down", "data-path", async (stage) => {
    const place = await stage.tcp()
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(place).start()
    const answer = await ask(tunnel.status, "/_status")
    assert.equal(answer.code, 503)
    assert.match(answer.headers["content-type"] ?? "", json)
    const status = parse(answer.body)
    assert.deepEqual(Object.keys(status).slice(0, keys.length), keys)
    assert.deepEqual(
      [status.ok, status.status, status.backend_ok, status.backend_status, status.message],
      [false, "critical", false, "critical", "listening"]
    )
    assert.match(String(status.backend_error), /connection refused/)
    await echoBackend(stage, place)
    assert.equal((await ask(tunnel.status, "/_status")).code, 200)
  }),
  scenario("server-status-unix-backend", "control", async (stage) => {
    const place = stage.unix()
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(place).start()
    assert.equal((await ask(tunnel.status, "/_status")).code, 503)
    await echoBackend(stage, place)
    assert.equal((await ask(tunnel.status, "/_status")).code, 200)
  }),
  scenario("server-status-https", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status("https").target(backend).start()
    const trust = (await ca()).certPem
    const answer = await ask(tunnel.status, "/_status", "GET", trust)
    assert.deepEqual([answer.code, answer.certificate], [200, "server"])
    assert.equal((await ask(tunnel.status, "/_metrics/json", "GET", trust)).code, 200)
    // No certificate is asked for, and an untrusted one does no harm.
    const options = { to: tunnel.status.endpoint, ca: await ca(), identity: await foreignIdentity("client") }
    const peer = await connectTls(stage, options)
    await peer.write("GET /_status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    await peer.eof()
    assert.match(peer.text, /^HTTP\/1\.1 200 OK\r\n/)
  }),
  scenario("server-status-https-by-scheme", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const endpoint = await stage.tcp()
    const builder = (await serverTunnel(stage)).allowAll().target(backend)
    await builder.args(`--status=https://${textOf(endpoint)}`).start()
    const answer = await ask({ scheme: "https", endpoint }, "/_status", "GET", (await ca()).certPem)
    assert.deepEqual([answer.code, answer.certificate], [200, "server"])
  }),
  scenario("server-status-plain-http-to-https", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status("https").target(backend).start()
    const peer = await connectPlain(stage, tunnel.status.endpoint)
    await peer.write("GET /_status HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await peer.eof()
    assert.equal(peer.text, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
    assert.equal((await ask(tunnel.status, "/_status", "GET", (await ca()).certPem)).code, 200)
  }),
  scenario("server-status-unix", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status("unix").target(backend).start()
    const answer = await ask(tunnel.status, "/_status")
    assert.deepEqual([answer.code, parse(answer.body).ok], [200, true])
  }),
  scenario(
    "server-status-curl",
    "control",
    async (stage) => {
      const backend = await echoBackend(stage)
      const tunnel = await (await serverTunnel(stage)).allowAll().status("https").target(backend).start()
      const { endpoint } = tunnel.status
      const port = endpoint.network === "tcp" ? endpoint.port : 0
      const words = ["-sS", "--cacert", (await ca()).certPath, "-w", "\n%{http_code} %{http_version}"]
      const curl = await runTool(stage, "curl", [...words, `https://localhost:${port}/_status`])
      const [body, figures] = curl.stdout.split("\n")
      assert.equal(figures, "200 1.1")
      assert.equal(parse(body ?? "").ok, true)
    },
    ["curl"]
  ),
  scenario("server-status-routes", "control", async (stage) => {
    const tunnel = await withStatus(stage)
    for (const path of ["/", "/nothing", "/_status/", "/_shutdown", "/debug/pprof/", "/_METRICS"]) {
      const answer = await ask(tunnel.status, path)
      assert.deepEqual([path, answer.code, answer.body], [path, 404, "404 page not found\n"])
    }
    for (const method of ["POST", "DELETE", "OPTIONS"])
      assert.equal((await ask(tunnel.status, "/_status", method)).code, 200)
    const head = await ask(tunnel.status, "/_status", "HEAD")
    assert.deepEqual([head.code, head.body], [200, ""])
    assert.equal((await ask(tunnel.status, "/_status?whatever=1")).code, 200)
  }),
  scenario("server-status-metric-routes", "data-path", async (stage) => {
    const tunnel = await withStatus(stage)
    const isJson = async (path: string) => {
      const answer = await ask(tunnel.status, path)
      assert.equal(answer.code, 200, path)
      assert.match(answer.body, /^\[\{"hostname":"[^"]*","metric":"ghostunnel\.[^"]+","timestamp":\d+,"value":/, path)
    }
    const isPrometheus = async (path: string) => {
      const answer = await ask(tunnel.status, path)
      assert.equal(answer.code, 200, path)
      assert.match(answer.headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4; charset=utf-8/, path)
      assert.match(
        answer.body,
        /^# HELP ghostunnel_accept_total accept\.total\n# TYPE ghostunnel_accept_total gauge\nghostunnel_accept_total 0$/m,
        path
      )
    }
    await isJson("/_metrics/json")
    await isPrometheus("/_metrics/prometheus")
    await isJson("/_metrics")
    await isPrometheus("/_metrics?format=prometheus")
    await isPrometheus("/_metrics?format=prometheus&format=json")
    await isJson("/_metrics?format=json&format=prometheus")
    await isJson("/_metrics?format=json")
    await isJson("/_metrics?format=")
    await isJson("/_metrics?FORMAT=prometheus")
  }),
  scenario("server-status-requests-are-not-connections", "control", async (stage) => {
    const tunnel = await withStatus(stage)
    for (let round = 0; round < 5; round++) await ask(tunnel.status, "/_status")
    const { body } = await ask(tunnel.status, "/_metrics/json")
    assert.match(body, /"ghostunnel\.accept\.total","timestamp":\d+,"value":0\}/)
    assert.match(body, /"ghostunnel\.conn\.open","timestamp":\d+,"value":0\}/)
  }),
  scenario("server-shutdown-by-http", "data-path", async (stage) => {
    const tunnel = await withStatus(stage, "--enable-shutdown")
    const peer = await join(stage, tunnel)
    await peer.echo("before ")
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const refused = await ask(tunnel.status, "/_shutdown", method)
      assert.deepEqual([refused.code, refused.body, refused.headers.allow], [405, "", undefined])
    }
    assert.equal(tunnel.count(/shutdown/), 0)
    const accepted = await ask(tunnel.status, "/_shutdown", "POST")
    assert.deepEqual([accepted.code, accepted.body], [200, ""])
    await tunnel.waitForLine(/shutdown was requested via status endpoint$/)
    await tunnel.waitForLine(/shutdown request processing$/)
    await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
    assert.equal(await accepts(tunnel.listen), false)
    await peer.echo("after")
    peer.end()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  }),
  scenario("server-shutdown-by-http-disabled", "control", async (stage) => {
    const tunnel = await withStatus(stage)
    const answer = await ask(tunnel.status, "/_shutdown", "POST")
    assert.deepEqual([answer.code, answer.body], [404, "404 page not found\n"])
    assert.equal((await ask(tunnel.status, "/_status")).code, 200)
  })
]

runTopic("server-status", serverStatus)
