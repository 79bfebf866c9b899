/** How the program listens: socket options, shared ports, files of UNIX sockets, and what this platform does not have. */
import assert from "node:assert/strict"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { accepts, textOf } from "../support/Endpoint.ts"
import { ask } from "../support/Metrics.ts"
import { SocketProbe } from "../support/SocketProbe.ts"
import type { Stage } from "../support/Stage.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const launchd = "launchd socket activation is only supported on darwin"
const somaxconn = Math.min(65_535, Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8")))

/** A tunnel on a UNIX socket with one connection that nobody ends. */
const onUnix = async (stage: Stage, umask: string, ...words: ReadonlyArray<string>) => {
  const listen = stage.unix()
  assert.ok(listen.network === "unix")
  const builder = (await serverTunnel(stage))
    .listen(listen)
    .allowAll()
    .target(await holdingBackend(stage))
  const below = ["sh", "-c", `umask ${umask} && exec "$@"`, "sh"]
  const tunnel = await builder
    .args(...words)
    .below(...below)
    .start()
  await join(stage, tunnel)
  await tunnel.waitForLine(/opening pipe/)
  return { tunnel, path: listen.path }
}

export const serverListener = [
  scenario("server-listener-socket-options", "data-path", async (stage) => {
    const probe = new SocketProbe(stage)
    const builder = (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await echoBackend(stage))
    const tunnel = await builder.below("env", ...probe.settings).start()
    await (await join(stage, tunnel)).echo("an accepted and a dialled connection")
    const all = await probe.look(tunnel)
    const listeners = all.filter(({ listening }) => listening)
    const connections = all.filter(({ listening }) => !listening)
    assert.equal(listeners.length, stage.cell.plane === "workers" ? 3 : 2)
    for (const { backlog, reuseAddress, reusePort } of listeners) {
      assert.deepEqual({ backlog, reuseAddress, reusePort }, { backlog: somaxconn, reuseAddress: 1, reusePort: 1 })
    }
    assert.equal(connections.length, 2)
    for (const { keepAlive, keepCount, keepIdle, keepInterval, noDelay } of connections) {
      assert.deepEqual([noDelay, keepAlive, keepIdle, keepInterval, keepCount], [1, 1, 15, 15, 9])
    }
  }),
  scenario("server-listener-two-programs-share-a-port", "data-path", async (stage) => {
    const [listen, status] = [await stage.tcp(), await stage.tcp()]
    const start = async () => {
      const builder = (await serverTunnel(stage)).listen(listen).allowAll().status("http", status)
      return builder.target(await echoBackend(stage)).start()
    }
    const [first, second] = [await start(), await start()]
    const served = () => first.count(/^opening pipe/) > 0 && second.count(/^opening pipe/) > 0
    // The kernel spreads clients by their ports: after so many each program has had one.
    for (let tries = 0; tries < 60 && !served(); tries++) await (await join(stage, { listen })).echo("whoever you are")
    assert.ok(served())
    first.signal("SIGKILL")
    await first.exit()
    for (let tries = 0; tries < 10; tries++) await (await join(stage, { listen })).echo("the other one")
  }),
  scenario("server-listener-empty-host-is-ipv4", "control", async (stage) => {
    const listen = await stage.tcp()
    assert.ok(listen.network === "tcp")
    const builder = (await serverTunnel(stage)).listenText(`:${listen.port}`).listen(listen).allowAll()
    const tunnel = await builder.target(await echoBackend(stage)).start()
    await tunnel.waitForLine(new RegExp(`listening for connections on :${listen.port}$`))
    await (await join(stage, { listen })).echo("over IPv4")
    assert.equal(await accepts({ ...listen, host: "::1" }), false)
  }),
  scenario("server-listener-unix-file", "data-path", async (stage) => {
    const { path, tunnel } = await onUnix(stage, "027")
    assert.equal(statSync(path).mode & 0o777, 0o750)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
    // At the start of the shutdown: the connection is still open.
    assert.equal(existsSync(path), false)
    assert.equal(tunnel.exited, undefined)
  }),
  scenario("server-listener-unix-file-after-forced-exit", "control", async (stage) => {
    const { path, tunnel } = await onUnix(stage, "0", "--shutdown-timeout=100ms")
    assert.equal(statSync(path).mode & 0o777, 0o777)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.equal(existsSync(path), false)
  }),
  scenario("server-listener-unix-file-after-sigkill", "data-path", async (stage) => {
    const directory = stage.path("")
    mkdirSync(directory)
    const listen = { network: "unix" as const, path: `${directory}/listen` }
    const status = { network: "unix" as const, path: `${directory}/status` }
    const builder = async () =>
      (await serverTunnel(stage))
        .allowAll()
        .listen(listen)
        .status("unix", status)
        .target(await echoBackend(stage))
    const killed = await (await builder()).start()
    for (const place of [stage.unix(), listen]) {
      const second = await (await builder()).listen(place).launch()
      assert.deepEqual(await second.exit(), { code: 1, signal: null })
      assert.match(second.stderr, /^error: listen unix .*: bind: address already in use\n$/)
    }
    await (await join(stage, killed)).echo("nobody took its socket")
    assert.deepEqual(readdirSync(directory).toSorted(), ["listen", "status"])
    killed.signal("SIGKILL")
    await killed.exit()
    assert.deepEqual(readdirSync(directory).toSorted(), ["listen", "status"])
    const next = await (await builder()).start()
    const peer = await join(stage, next)
    await peer.echo("in place of a stale socket")
    peer.destroy()
    assert.equal((await ask(next.status, "/_livez")).code, 200)
    next.signal("SIGTERM")
    assert.equal((await next.exit()).code, 0)
    assert.deepEqual(readdirSync(directory), [])
  }),
  scenario("server-listener-launchd", "control", async (stage) => {
    const builder = (await serverTunnel(stage)).listenText("launchd:web").allowAll()
    const tunnel = await builder.target(await stage.tcp()).launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.equal(tunnel.messages.includes(`error trying to listen: ${launchd}`), true)
    assert.equal(tunnel.messages.at(-1), `error from server listen: ${launchd}`)
    assert.equal(tunnel.stderr, `error: ${launchd}\n`)
  }),
  scenario("server-listener-launchd-status", "control", async (stage) => {
    const builder = (await serverTunnel(stage)).allowAll().args("--status=launchd:status")
    const tunnel = await builder.target(await stage.tcp()).launch()
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    for (const line of ["error: unable to bind on status port", "error serving /_status", "error from server listen"])
      assert.equal(tunnel.messages.includes(`${line}: ${launchd}`), true, line)
    assert.equal(tunnel.stderr, `error: ${launchd}\n`)
    assert.equal(await accepts(tunnel.listen), false, textOf(tunnel.listen))
  })
]

runTopic("server-listener", serverListener)
