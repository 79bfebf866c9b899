/** The status port and clients that it must bear: pages of other sites, health checks by hand. */
import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:http"
import { echoBackend } from "../support/Backend.ts"
import { openTab, type Tab } from "../support/Browser.ts"
import { eventually } from "../support/Changes.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const start = async (stage: Stage, ...args: ReadonlyArray<string>): Promise<Tunnel> => {
  const backend = await echoBackend(stage)
  return (await serverTunnel(stage))
    .allowAll()
    .status()
    .target(backend)
    .args(...args)
    .start()
}

/** An empty site of somebody else. */
const otherSite = async (stage: Stage): Promise<number> => {
  const site = createServer((_, response) => void response.setHeader("Content-Type", "text/html").end("<p>other"))
  await once(site.listen(0, "127.0.0.1"), "listening")
  stage.defer(() => {
    site.closeAllConnections()
    site.close()
  })
  const address = site.address()
  assert.ok(typeof address === "object" && address !== null)
  return address.port
}

/** Waits until the tab shows a text, across navigations. */
const shows = (tab: Tab, text: string) =>
  eventually(`a page that shows ${text}`, async () => {
    const shown = await tab.evaluate("document.body.textContent").catch(() => undefined)
    return String(shown).includes(text) || undefined
  })

export const serverStatusClients = [
  scenario("server-status-answers-a-health-check-by-hand", "control", async (stage) => {
    const tunnel = await start(stage)
    const peer = await connectPlain(stage, tunnel.status.endpoint)
    await peer.write("GET /_status HTTP/1.0\n\n")
    await peer.eof()
    assert.match(peer.text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*"ok":true/)
  }),
  scenario("server-rejects-status-on-the-listening-port", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().target(backend).listenText("localhost:4443")
    const tunnel = await builder.args("--status=0.0.0.0:4443").launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    const refusal = "--status and --listen must not share an address: 0.0.0.0:4443 and localhost:4443 are the same port"
    assert.ok(tunnel.stderr.startsWith(`error: ${refusal}`), tunnel.stderr)
    assert.equal(tunnel.messages.filter((line) => line.startsWith(`error: ${refusal}`)).length, 1)
    assert.equal(tunnel.count(/listening for connections/), 0)
  }),
  scenario(
    "server-status-refuses-pages-of-other-sites",
    "control",
    async (stage) => {
      const tunnel = await start(stage, "--status-ui", "--enable-shutdown", "--status-allow-host=status.test")
      const { endpoint } = tunnel.status
      const port = endpoint.network === "tcp" ? endpoint.port : assert.fail("no port")
      const tab = await openTab(stage, "--host-resolver-rules=MAP *.test 127.0.0.1")
      const codeOf = (url: string, options: string) =>
        tab.evaluate(`fetch("${url}", ${options}).then((reply) => reply.status || reply.type, () => "blocked")`)

      // Another site's page, by script and by a form.
      const site = await otherSite(stage)
      await tab.open(`http://other.test:${site}/`)
      await shows(tab, "other")
      const url = `http://127.0.0.1:${port}`
      await codeOf(`${url}/_shutdown`, "{ method: 'POST', mode: 'no-cors' }")
      await tab.evaluate(
        `document.body.innerHTML = '<form method=post action="${url}/_shutdown"></form>'; document.forms[0].submit()`
      )
      await shows(tab, "403 a page of another site may not POST")

      // The same page when its name leads here (DNS rebinding).
      await tab.open(`http://rebound.test:${port}/`)
      await shows(tab, "403 this host is not an address")
      for (const path of ["/", "/_events", "/_status", "/_metrics/json"]) {
        assert.equal(await codeOf(path, "{}"), 403, path)
      }
      assert.equal(await codeOf("/_shutdown", "{ method: 'POST' }"), 403)

      // Its own page, under a name that the operator has given.
      assert.equal(tunnel.count(/shutdown/), 0)
      await tab.open(`http://status.test:${port}/`)
      await eventually("the page", async () => {
        const state = await tab.evaluate("document.documentElement.dataset.state").catch(() => undefined)
        return state === "listening" || undefined
      })
      assert.equal(await codeOf("/_shutdown", "{ method: 'POST' }"), 200)
      await tunnel.waitForLine(/shutdown was requested via status endpoint$/)
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    },
    ["chromium"]
  )
]

runTopic("server-status-clients", serverStatusClients)
