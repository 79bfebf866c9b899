/** The log goes to the local syslog and nowhere else. */
import assert from "node:assert/strict"
import { rmSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { type Datagrams, datagrams } from "../support/Datagrams.ts"
import { accepts, type Endpoint, textOf } from "../support/Endpoint.ts"
import { type Launched, launch } from "../support/Launch.ts"
import { privateDev } from "../support/PrivateDev.ts"
import type { Stage } from "../support/Stage.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { needing, scenario } from "./Scenario.ts"

/** Starts a tunnel whose `/dev/log` is `log`. */
const started = async (stage: Stage, log: string, ...more: ReadonlyArray<string>) => {
  const below = privateDev(stage, log)
  const backend = await echoBackend(stage)
  const listen: Endpoint = await stage.tcp()
  const identity = await serverIdentity()
  const words = ["server", `--listen=${textOf(listen)}`, `--target=${textOf(backend.endpoint)}`, "--allow-all"]
  const files = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`, `--cacert=${(await ca()).certPath}`]
  const tunnel = launch(stage, [...words, ...files, "--syslog", ...more], { below })
  return { tunnel, listen }
}

/** The lines in the datagrams, each of which must have the Go program's form. */
const linesOf = (tunnel: Launched, syslog: Datagrams): ReadonlyArray<string> => {
  const stamp = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}"
  const header = `<30>[A-Z][a-z]{2} [ 1-3]\\d \\d\\d:\\d\\d:\\d\\d \\S*main\\.mjs\\[${tunnel.pid}\\]: `
  const form = new RegExp(`^${header}\\[${tunnel.pid}\\] ${stamp} ([^\\n]+)\\n$`)
  return syslog.received.map((text) => form.exec(text)?.[1] ?? assert.fail(`not as it should be: ${text}`))
}

const all = [
  scenario(
    "server-syslog",
    "data-path",
    async (stage) => {
      const syslog = await datagrams(stage)
      const { listen, tunnel } = await started(stage, syslog.path)
      await syslog.waitFor(/listening for connections on/)
      const peer = await join(stage, { listen })
      await peer.echo("not to be logged")
      peer.end()
      await peer.close()
      await syslog.waitFor(/closed pipe: /)
      tunnel.signal("SIGTERM")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      await syslog.waitFor(/shutdown proxy, waiting for drain\n$/)
      const lines = linesOf(tunnel, syslog)
      const wanted = [
        "starting ghostunnel in server mode",
        "using cert/key files on disk as certificate source",
        `listening for connections on ${textOf(listen)}`,
        "opening pipe: ",
        "closed pipe: ",
        "received terminated, shutting down",
        "shutdown proxy, waiting for drain"
      ]
      const places = wanted.map((start) => lines.findIndex((line) => line.startsWith(start)))
      assert.equal(places[0], 0)
      assert.ok(!places.includes(-1), `${places} in ${lines.join("|")}`)
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b)
      )
      assert.equal(tunnel.stdout, "")
      assert.equal(tunnel.stderr, "")
    },
    ["python3"]
  ),
  scenario(
    "server-syslog-restarts",
    "control",
    async (stage) => {
      const before = await datagrams(stage)
      const { tunnel } = await started(stage, before.path)
      await before.waitFor(/listening for connections on/)
      before.signal("SIGKILL")
      await before.exit()
      tunnel.signal("SIGHUP")
      rmSync(before.path)
      const after = await datagrams(stage, before.path)
      tunnel.signal("SIGHUP")
      await after.waitFor(/reloading configuration complete\n$/)
      tunnel.signal("SIGTERM")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      await after.waitFor(/shutdown proxy, waiting for drain\n$/)
      linesOf(tunnel, after)
      assert.equal(tunnel.stdout, "")
      assert.equal(tunnel.stderr, "")
    },
    ["python3"]
  ),
  scenario(
    "server-syslog-failed-start",
    "control",
    async (stage) => {
      const syslog = await datagrams(stage)
      const { tunnel } = await started(stage, syslog.path, `--max-tls-version=nonsense`)
      assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
      await syslog.waitFor(/invalid max TLS version/)
      assert.equal(linesOf(tunnel, syslog)[0], "starting ghostunnel in server mode")
      assert.equal(tunnel.stdout, "")
      assert.match(tunnel.stderr, /^error: [^\n]+\n$/)
    },
    ["python3"]
  ),
  scenario(
    "server-syslog-quiet-all",
    "control",
    async (stage) => {
      const syslog = await datagrams(stage)
      const { listen, tunnel } = await started(stage, syslog.path, "--quiet=all")
      await eventually("the silent tunnel to listen", async () => ((await accepts(listen)) ? true : undefined))
      tunnel.signal("SIGTERM")
      await tunnel.exit()
      assert.deepEqual([syslog.received, tunnel.stdout, tunnel.stderr], [[], "", ""])
    },
    ["python3"]
  ),
  scenario(
    "server-syslog-reader-stops",
    "control",
    async (stage) => {
      const syslog = await datagrams(stage)
      const { listen, tunnel } = await started(stage, syslog.path)
      await syslog.waitFor(/listening for connections on/)
      /** Milliseconds that so many connections take, one after the other. */
      const serve = async (rounds: number): Promise<number> => {
        const began = performance.now()
        for (let round = 0; round < rounds; round++) {
          const peer = await join(stage, { listen })
          await peer.echo("carried")
          peer.end()
          await peer.close()
        }
        return performance.now() - began
      }
      const usual = (await serve(50)) / 50
      syslog.signal("SIGSTOP")
      // Many more datagrams than a socket keeps. With 100 milliseconds for each a connection would take 200 longer.
      const each = (await serve(400)) / 400
      assert.ok(each < 2 * usual + 100, `${each} ms each, ${usual} before`)
      syslog.signal("SIGCONT")
      await syslog.waitFor(/closed pipe: /, 450)
      assert.equal(linesOf(tunnel, syslog).filter((text) => text.startsWith("opening pipe: ")).length, 450)
      syslog.signal("SIGSTOP")
      await serve(50)
      tunnel.signal("SIGTERM")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    },
    ["python3"]
  ),
  scenario("server-syslog-missing", "control", async (stage) => {
    const { tunnel } = await started(stage, stage.path(".nobody"))
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.equal(tunnel.stdout, "")
    assert.equal(tunnel.stderr, "error: unable to set up logger: Unix syslog delivery error\n")
  }),
  scenario("server-syslog-missing-quiet-all", "control", async (stage) => {
    const { listen, tunnel } = await started(stage, stage.path(".nobody"), "--quiet=all")
    await eventually("the silent tunnel to listen", async () => ((await accepts(listen)) ? true : undefined))
    tunnel.signal("SIGTERM")
    await tunnel.exit()
    assert.equal(tunnel.stderr, "")
  })
]

export const serverSyslog = all.map((each) => needing(each, "mount-namespace"))

runTopic("server-syslog", serverSyslog)
