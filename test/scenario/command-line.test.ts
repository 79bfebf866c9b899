/** Streams and exit codes of the program itself (docs/compatibility/command-line.md, 1.3 and 5.2). */
import assert from "node:assert/strict"
import { once } from "node:events"
import { connect } from "node:net"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { launch } from "../support/Launch.ts"
import type { Stage } from "../support/Stage.ts"
import { clientTunnel, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, type ScenarioName, scenario } from "./Scenario.ts"

interface Row {
  readonly name: ScenarioName
  readonly words: ReadonlyArray<string>
  readonly code: number
  readonly out: RegExp
  readonly err: RegExp
}

const nothing = /^$/
const usage = /^usage: ghostunnel [\s\S]*\nFlags:\n[\s\S]*\nCommands:\n/

const rows: ReadonlyArray<Row> = [
  { name: "server-help", words: ["server", "--help"], code: 0, out: usage, err: nothing },
  { name: "server-help-by-command", words: ["help", "server"], code: 0, out: usage, err: nothing },
  { name: "client-help-by-command", words: ["help", "client"], code: 0, out: usage, err: nothing },
  { name: "server-no-command-shows-help", words: [], code: 0, out: nothing, err: usage },
  {
    name: "server-version",
    words: ["--version"],
    code: 0,
    out: nothing,
    err: /^rev 1\.11\.3 \(effect \d+\.\d+\.\d+\) built with node[0-9.]+ \(pkcs11: (?:true|false), keychain: false\)\n$/
  },
  { name: "server-manual", words: ["--help-man"], code: 0, out: /^\.TH GHOSTUNNEL 1 /, err: nothing },
  {
    name: "server-completion-script",
    words: ["--completion-script-bash"],
    code: 0,
    out: /_ghostunnel\(\)/,
    err: nothing
  },
  {
    name: "server-help-on-nothing-known",
    words: ["help", "bogus"],
    code: 1,
    out: nothing,
    err: /^ghostunnel: error: expected command but got "bogus"\n$/
  },
  {
    name: "client-bad-flag",
    words: ["client", "--allow-all"],
    code: 1,
    out: nothing,
    err: /^ghostunnel: error: unknown long flag '--allow-all' \(--allow-all belongs to 'server'\), try --help\n$/
  },
  {
    name: "client-broken-global-rule",
    words: ["client", "--listen=x", "--target=x", "--enable-shutdown"],
    code: 1,
    out: nothing,
    err: /^ghostunnel: error: --enable-shutdown requires --status to be set, try --help\n$/
  },
  {
    name: "client-broken-rule-of-its-mode",
    words: ["client", "--listen=localhost:1", "--target=localhost:1"],
    code: 1,
    out: /^\S+ \S+ \S+ starting ghostunnel in client mode\n[\s\S]* error: at least one of --keystore, [^\n]*\n$/,
    err: /^error: at least one of --keystore, [^\n]*\n$/
  }
]

const quits = (words: ReadonlyArray<string>) => async (stage: Stage) => {
  const backend = await holdingBackend(stage)
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .target(backend)
    .args(...words)
    .start()
  await join(stage, tunnel)
  await tunnel.waitForLine(/opening pipe/)
  return tunnel
}

export const commandLine: ReadonlyArray<Scenario> = [
  ...rows.map(({ code, err, name, out, words }) =>
    scenario(name, "control", async (stage) => {
      const program = launch(stage, words)
      assert.deepEqual(await program.exit(), { code, signal: null })
      assert.match(program.stdout, out)
      assert.match(program.stderr, err)
      const widest = Math.max(...(program.stdout + program.stderr).split("\n").map((line) => line.length))
      if (out === usage || err === usage) assert.ok(widest <= 80, `${widest} columns`)
    })
  ),
  scenario("server-drain-timed-reload-goes-on", "control", async (stage) => {
    const tunnel = await quits(["--timed-reload=200ms"])(stage)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/waiting for drain/)
    const before = tunnel.count(/reloading configuration complete$/)
    await tunnel.waitForLine(/reloading configuration complete$/, before + 2)
    assert.equal(tunnel.exited, undefined)
  }),
  scenario("server-drain-does-not-mention-http", "control", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await echoBackend(stage))
      .start()
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.count(/http: Server closed|error serving status port/), 0)
  }),
  scenario("server-listens-on-port-alone", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const place = await stage.tcp()
    const port = place.network === "tcp" ? place.port : 0
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .target(backend)
      .listen(place)
      .listenText(`:${port}`)
      .start()
    await (await join(stage, tunnel)).echo("by IPv4")
    const other = connect({ host: "::1", port })
    const [error] = await once(other, "error")
    assert.match(String(error), /ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH/)
  }),
  scenario("client-proxy-without-port", "control", async (stage) => {
    // The port that HTTP proxies are dialled on is the one that the sandbox opens.
    const builder = (await clientTunnel(stage))
      .target("server.test:443")
      .args("--proxy=http://caesar:hunter2@127.0.0.1")
    const tunnel = await builder.args("--sandbox=auto").start()
    assert.equal(tunnel.count(/hunter2/), 0)
    const peer = connect(tunnel.listen.network === "tcp" ? tunnel.listen.port : 0, "127.0.0.1")
    peer.on("error", () => {})
    stage.defer(() => peer.destroy())
    await tunnel.waitForLine(
      /error on dial: http_tunnel: failed dialing to proxy: .*127\.0\.0\.1:8080: .*connection refused$/
    )
  })
]

runTopic("command-line", commandLine)
