/** `--quiet`: each class silences exactly its own lines. */
import assert from "node:assert/strict"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { ask, numbers, waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { ca, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const lines = {
  conns: [/^opening pipe: /, /^closed pipe: /],
  "conn-errs": [/^error on dial: /],
  "handshake-errs": [/^error on TLS handshake from /]
} as const
const always = [
  /^starting ghostunnel in server mode$/,
  /^listening for connections on /,
  /^received hangup, reloading TLS configuration$/,
  /^reloading configuration complete$/,
  /^received terminated, shutting down$/,
  /^shutdown proxy, waiting for drain$/
]

type QuietClass = keyof typeof lines

/** Makes every kind of line happen, and checks that those of the given classes, and only those, are missing. */
const silences =
  (...classes: ReadonlyArray<QuietClass>) =>
  async (stage: Stage) => {
    const place = await stage.tcp()
    const flags = classes.map((each) => `--quiet=${each}`)
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(place)
      .args(...flags)
      .start()
    await attemptTls(stage, { to: tunnel.listen, ca: await ca() }, "no certificate")
    await (await join(stage, tunnel)).eof()
    await waitForNumbers(tunnel, { "accept.error": 2 })
    await echoBackend(stage, place)
    const peer = await join(stage, tunnel)
    await peer.echo("carried")
    peer.end()
    await waitForNumbers(tunnel, { "accept.success": 1, "conn.open": 0 })
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    for (const pattern of always) assert.ok(tunnel.count(pattern) > 0, `${pattern} is missing`)
    for (const each of ["conns", "conn-errs", "handshake-errs"] as const) {
      const wanted = classes.includes(each) ? 0 : 1
      for (const pattern of lines[each]) assert.equal(tunnel.count(pattern), wanted, `${pattern}`)
    }
  }

export const serverQuiet = [
  scenario("server-quiet-nothing", "data-path", silences()),
  scenario("server-quiet-conns", "data-path", silences("conns")),
  scenario("server-quiet-conn-errs", "control", silences("conn-errs")),
  scenario("server-quiet-handshake-errs", "control", silences("handshake-errs")),
  scenario("server-quiet-three", "control", silences("conns", "conn-errs", "handshake-errs")),
  scenario("server-quiet-all", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(backend)
      .args("--quiet=all")
      .startSilently()
    const peer = await join(stage, tunnel)
    await peer.echo("not a word")
    peer.end()
    await waitForNumbers(tunnel, { "conn.open": 0 })
    assert.equal((await numbers(tunnel))["accept.success"], 1)
    tunnel.signal("SIGHUP")
    await eventually("the reload", async () => {
      const { body } = await ask(tunnel.status, "/_status")
      return body.includes('"last_reload":"0001-') ? undefined : true
    })
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.stdout, "")
    assert.equal(tunnel.stderr, "")
  }),
  scenario("server-quiet-all-still-says-why-it-fails", "control", async (stage) => {
    const builder = (await serverTunnel(stage)).allowAll().target("127.0.0.1:1")
    const tunnel = await builder
      .identity({ certPath: "/nowhere.pem", keyPath: "/nowhere.key" })
      .args("--quiet=all")
      .launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.equal(tunnel.stdout, "")
    assert.match(tunnel.stderr, /^error: .*\/nowhere\.pem.*\n$/)
  })
]

runTopic("server-quiet", serverQuiet)
