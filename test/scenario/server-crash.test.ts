/** How the process ends when it must not go on, and that standard error is silent, and not missed, as long as it does. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { type Backend, echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { datagrams } from "../support/Datagrams.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { injectFault } from "../support/FaultInjection.ts"
import { launch, type Surroundings } from "../support/Launch.ts"
import { ask } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const words = async (listen: Endpoint | string, backend: Backend, ...more: ReadonlyArray<string>) => {
  const identity = await serverIdentity()
  return [
    "server",
    `--listen=${typeof listen === "string" ? listen : textOf(listen)}`,
    `--target=${textOf(backend.endpoint)}`,
    "--allow-all",
    `--cert=${identity.certPath}`,
    `--key=${identity.keyPath}`,
    `--cacert=${(await ca()).certPath}`,
    ...more
  ]
}

const serving = async (stage: Stage, surroundings: Surroundings = {}, ...more: ReadonlyArray<string>) => {
  const listen = await stage.tcp()
  const tunnel = launch(stage, await words(listen, await echoBackend(stage), ...more), surroundings)
  await tunnel.waitForLine(/listening for connections on/)
  return { tunnel, listen, peer: await join(stage, { listen }) }
}

const dump = (threads: number) =>
  new RegExp(
    `^SIGQUIT: quit\\nghostunnel, process \\d+, node [\\d.]+\\n\\nmain thread:\\n\\tat [^]*active handles: [^\\n]+\\n${"\\nworker thread \\d \\[ghostunnel-\\d\\]:\\n[^]*?active handles: [^\\n]+\\n".repeat(threads)}$`
  )

// Loaded into every thread before the program: warns again and again, and leaves word of it.
const warner = `
const { threadId } = require("node:worker_threads")
const { appendFileSync } = require("node:fs")
process.on("warning", () => appendFileSync(process.env.WARNED, threadId + "\\n"))
setInterval(() => process.emitWarning("warned"), 20).unref()
`

/** Standard error goes where `redirected` tells the shell; `$0` is a path nothing exists at. */
const outlives = (redirected: string) => async (stage: Stage) => {
  const [script, warned] = [stage.path(".cjs"), stage.path(".txt")]
  writeFileSync(script, warner)
  const environment = { NODE_OPTIONS: `--require=${script}`, WARNED: warned }
  const below = ["sh", "-c", `${redirected}; exec "$@"`, stage.path(".pipe")]
  const { peer, tunnel } = await serving(stage, { environment, below })
  await peer.echo("before ")
  writeFileSync(warned, "")
  const threads = stage.cell.plane === "workers" ? ["0", "1", "2"] : ["0"]
  await eventually("warnings of every thread", async () => {
    const words = readFileSync(warned, "utf8").split("\n")
    return threads.every((thread) => words.filter((word) => word === thread).length > 3) || undefined
  })
  await peer.echo("after")
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  peer.end()
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
}

export const serverCrash = [
  scenario("server-sigquit-dumps-every-thread", "data-path", async (stage) => {
    const { peer, tunnel } = await serving(stage, {}, "--storepass=do-not-show")
    await peer.echo("hello")
    tunnel.signal("SIGQUIT")
    assert.deepEqual(await tunnel.exit(), { code: 2, signal: null })
    assert.match(tunnel.stderr, dump(stage.cell.plane === "workers" ? 2 : 0))
    assert.doesNotMatch(tunnel.stderr, /do-not-show|--cert|KEYSTORE/)
    assert.equal(tunnel.count(/received|shut/), 0)
  }),
  scenario("server-sigquit-while-draining", "control", async (stage) => {
    const { peer, tunnel } = await serving(stage)
    await peer.echo("hello")
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
    tunnel.signal("SIGQUIT")
    assert.deepEqual(await tunnel.exit(), { code: 2, signal: null })
    assert.match(tunnel.stderr, /^SIGQUIT: quit\n/)
  }),
  scenario("server-uncaught-error-dumps-its-stack", "data-path", async (stage) => {
    const { peer, tunnel } = await serving(stage, { environment: injectFault(stage, "main") })
    await peer.echo("hello")
    tunnel.signal("SIGUSR2")
    assert.deepEqual(await tunnel.exit(), { code: 2, signal: null })
    assert.match(
      tunnel.stderr,
      /^uncaught error: Error: injectFault\n {4}at [\s\S]*\ncaused by: TypeError: the deeper reason\n/
    )
  }),
  scenario(
    "server-outlives-the-reader-of-standard-error",
    "data-path",
    outlives(`mkfifo "$0"; exec 3<>"$0" 2>"$0" 3<&-`)
  ),
  scenario("server-outlives-a-full-disk-below-standard-error", "control", outlives("exec 2>/dev/full")),
  scenario(
    "server-says-nothing-on-standard-error",
    "data-path",
    async (stage) => {
      const notify = await datagrams(stage)
      const status = await stage.tcp()
      const { peer, tunnel } = await serving(
        stage,
        { environment: { NOTIFY_SOCKET: notify.path, WATCHDOG_USEC: "20000" } },
        "--sandbox=auto",
        "--enable-shutdown",
        `--status=http://${textOf(status)}`
      )
      const port = { scheme: "http", endpoint: status } as const
      await peer.echo("hello")
      for (const path of ["/_status", "/_metrics", "/_metrics/prometheus", "/nothing"]) await ask(port, path)
      tunnel.signal("SIGHUP")
      await tunnel.waitForLine(/reloading configuration complete$/)
      await notify.waitFor(/^WATCHDOG=1$/)
      await ask(port, "/_shutdown", "POST")
      await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
      peer.end()
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      assert.equal(tunnel.stderr, "")
    },
    ["python3"]
  )
]

runTopic("server-crash", serverCrash)
