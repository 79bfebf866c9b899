/** The status page: its stream as programs see it, and the page itself in a real browser. */
import assert from "node:assert/strict"
import { join as joinPath } from "node:path"
import { viewersAllowed } from "../../src/status/page/PageRoutes.ts"
import { echoBackend } from "../support/Backend.ts"
import { openTab, type Tab } from "../support/Browser.ts"
import { eventually } from "../support/Changes.ts"
import { textOf } from "../support/Endpoint.ts"
import { ask } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { type Snapshot, Watcher } from "../support/Snapshots.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import type { StatusScheme, Tunnel } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, foreignIdentity, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const withPage = async (
  stage: Stage,
  scheme: StatusScheme = "http",
  ...words: ReadonlyArray<string>
): Promise<Tunnel> => {
  const backend = await echoBackend(stage)
  return (await serverTunnel(stage))
    .allowCn("client")
    .status(scheme)
    .target(backend)
    .args("--status-ui", ...words)
    .start()
}

/** A client whose handshake the tunnel refuses, sooner or later. */
const refused = async (stage: Stage, tunnel: Tunnel, identity: Awaited<ReturnType<typeof clientIdentity>>) => {
  const peer = await join(stage, tunnel, { identity }).catch(() => undefined)
  await peer?.eof()
  peer?.destroy()
}

const listOf = (snapshot: Snapshot, key: string): ReadonlyArray<unknown> => {
  const list = snapshot[key]
  assert.ok(Array.isArray(list), key)
  return list
}

/** Takes pictures where somebody wants to look at them. */
const picture = async (tab: Tab, name: string): Promise<void> => {
  const { GHOSTUNNEL_SCREENSHOTS: directory } = process.env
  if (directory !== undefined) await tab.screenshot(joinPath(directory, `${name}.png`))
}

const hostile = "<img src=x onerror=\"document.title='executed'\">"

export const serverStatusPage = [
  scenario("server-status-page-only-with-its-flag", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().status().target(backend).start()
    for (const path of ["/", "/_events"]) {
      const { body, code } = await ask(tunnel.status, path)
      assert.deepEqual([code, body], [404, "404 page not found\n"])
    }
  }),
  ...(["http", "https", "unix"] as const).map((scheme) =>
    scenario(`server-status-page-over-${scheme}`, "control", async (stage) => {
      const tunnel = await withPage(stage, scheme)
      const authority = scheme === "https" ? (await ca()).certPem : undefined
      const { body, code, headers } = await ask(tunnel.status, "/", "GET", authority)
      assert.equal(code, 200)
      assert.match(body, /^<!doctype html>/)
      assert.equal(headers["content-type"], "text/html; charset=utf-8")
      assert.match(String(headers["content-security-policy"]), /^default-src 'none'; style-src 'sha256-/)
      assert.deepEqual(
        ["x-content-type-options", "referrer-policy", "cache-control"].map((name) => headers[name]),
        ["nosniff", "no-referrer", "no-store"]
      )
      const watcher = new Watcher(stage, tunnel.status, authority)
      const { certificates, mode } = await watcher.until(() => true)
      assert.equal(mode, "server")
      assert.deepEqual(JSON.stringify(certificates).match(/"subject":"[^"]*"/g), [
        '"subject":"CN=server"',
        '"subject":"CN=Scenario Root"'
      ])
      // Everything else stays as it is.
      assert.equal((await ask(tunnel.status, "/nothing", "GET", authority)).code, 404)
      assert.equal((await ask(tunnel.status, "/_status", "GET", authority)).code, 200)
    })
  ),
  scenario("server-status-page-tells-of-connections", "data-path", async (stage) => {
    const tunnel = await withPage(stage)
    const watcher = new Watcher(stage, tunnel.status)
    await watcher.until(({ message, open }) => message === "listening" && open === 0)
    const peer = await join(stage, tunnel)
    await peer.echo("hello")
    await refused(stage, tunnel, await foreignIdentity("client"))
    const identity = "CN=client,OU=ops+OU=night,O=Scenario"
    const seen = await watcher.until(
      (snapshot) => listOf(snapshot, "refusals").length === 1 && listOf(snapshot, "identities").length === 1
    )
    assert.deepEqual(seen["identities"], [{ identity, open: 1, total: 1 }])
    const [refusal] = listOf(seen, "refusals")
    assert.match(JSON.stringify(refusal), /"client":"127\.0\.0\.1:\d+","stage":"handshake","reason":"untrusted"/)
    assert.equal(seen["open"], 1)
    peer.destroy()
    const later = await watcher.until(
      ({ open, totals }) => open === 0 && JSON.stringify(totals).includes('"forwarded":5')
    )
    assert.deepEqual(later["totals"], { established: 1, refused: 1, forwarded: 5, returned: 5 })
    await watcher.until((snapshot) => JSON.stringify(snapshot["identities"]).includes('"open":0,"total":1'))
  }),
  scenario("client-status-page-tells-of-the-server", "data-path", async (stage) => {
    const backend = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca() })
    const tunnel = await (await clientTunnel(stage)).localTarget(backend).status().args("--status-ui").start()
    const watcher = new Watcher(stage, tunnel.status)
    await connectPlain(stage, tunnel.listen)
    const { mode } = await watcher.until((snapshot) =>
      JSON.stringify(snapshot["identities"]).includes('"identity":"CN=server","open":1')
    )
    assert.equal(mode, "client")
  }),
  scenario("server-status-page-ends-with-the-tunnel", "control", async (stage) => {
    const tunnel = await withPage(stage)
    const peer = await join(stage, tunnel)
    await peer.echo("hello")
    const watcher = new Watcher(stage, tunnel.status)
    await watcher.until(() => true)
    tunnel.signal("SIGTERM")
    await watcher.end()
    // It has not been cut: it ended by itself, while the tunnel waits for the open connection.
    assert.ok(watcher.ended)
    await watcher.until(({ message }) => message === "stopping")
    assert.equal(tunnel.exited, undefined)
    peer.destroy()
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  }),
  scenario("server-status-page-has-room-for-so-many", "control", async (stage) => {
    const tunnel = await withPage(stage)
    const watchers = Array.from({ length: viewersAllowed }, () => new Watcher(stage, tunnel.status))
    for (const watcher of watchers) await watcher.until(() => true)
    const late = await ask(tunnel.status, "/_events")
    assert.deepEqual([late.code, late.headers["retry-after"]], [503, "5"])
    assert.equal(late.body, "503 16 viewers are watching already\n")
    assert.equal((await ask(tunnel.status, "/")).code, 200)
    watchers[3]?.leave()
    await eventually("room for another one", async () => {
      const next = new Watcher(stage, tunnel.status)
      if ((await next.code()) === 200) return true
      next.leave()
      return undefined
    })
  }),
  scenario(
    "server-status-page-in-a-browser",
    "control",
    async (stage) => {
      const tunnel = await withPage(stage)
      const tab = await openTab(stage)
      await tab.look({ width: 1200, height: 900, scheme: "light" })
      await tab.open(`http://${textOf(tunnel.status.endpoint)}/`)
      await tab.until("document.documentElement.dataset.state === 'listening'")
      const peer = await join(stage, tunnel)
      await peer.echo("hello")
      await refused(stage, tunnel, await clientIdentity({ cn: hostile }))

      const cell = (table: string, place: string) => `document.querySelector('#${table} tbody ${place}').textContent`
      await tab.until(`${cell("identities", "td")} === 'CN=client,OU=ops+OU=night,O=Scenario'`)
      await tab.until(`${cell("refusals", "td:last-child")}.includes(${JSON.stringify(hostile)})`)
      assert.equal(await tab.evaluate("document.querySelectorAll('img').length"), 0)
      assert.equal(await tab.evaluate("document.querySelectorAll('script').length"), 1)
      assert.match(String(await tab.evaluate("document.title")), /^127\.0\.0\.1:\d+ · Ghostunnel server$/)
      assert.equal(await tab.evaluate("document.getElementById('open').textContent"), "1")
      await tab.until(`${cell("certificates", "td:last-child")} === '● valid'`)
      // The first interval is over within five seconds, and then there are lines.
      await tab.until("document.querySelectorAll('#rates path.line').length >= 4")
      await picture(tab, "desktop-light")

      const ground = "getComputedStyle(document.body).backgroundColor"
      const light = await tab.evaluate(ground)
      await tab.look({ width: 360, height: 740, scheme: "dark" })
      assert.notEqual(await tab.evaluate(ground), light)
      await tab.until("innerWidth === 360")
      for (const element of ["document.documentElement", "document.body"]) {
        assert.equal(await tab.evaluate(`${element}.scrollWidth`), 360, element)
      }
      await picture(tab, "phone-dark")
      assert.deepEqual(tab.complaints, [])
      const origin = `http://${textOf(tunnel.status.endpoint)}`
      assert.deepEqual([...new Set(tab.requests)], [`${origin}/`, `${origin}/_events`])

      // The policy holds: neither markup nor code from text, nor anything from elsewhere.
      const attempt = (code: string) =>
        tab.evaluate(`(() => { try { ${code}; return 'done' } catch { return 'refused' } })()`)
      assert.equal(await attempt("document.body.innerHTML = '<b>x</b>'"), "refused")
      assert.equal(await attempt("new Function('return 1')()"), "refused")
      assert.equal(await tab.evaluate("fetch('http://127.0.0.1:1/').then(() => 'done', () => 'refused')"), "refused")

      // It says so when the tunnel goes, and comes back by itself.
      peer.destroy()
      tunnel.signal("SIGTERM")
      await tab.until(
        "document.documentElement.dataset.connection === 'lost' && document.getElementById('lost').textContent.startsWith('Connection lost')"
      )
      await picture(tab, "phone-lost")
      await tunnel.exit()
      const backend = await echoBackend(stage)
      const again = await serverTunnel(stage)
      await again.allowAll().status("http", tunnel.status.endpoint).target(backend).args("--status-ui").start()
      await tab.until(
        "document.documentElement.dataset.connection === 'open' && document.getElementById('lost').textContent === ''"
      )
    },
    ["chromium"]
  )
]

runTopic("server-status-page", serverStatusPage)
