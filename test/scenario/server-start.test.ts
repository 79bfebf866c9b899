/** What may come while a tunnel starts: signals, clients, and an environment that is meant for other programs. */
import assert from "node:assert/strict"
import { mkdirSync, readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { accepts, tcp, textOf } from "../support/Endpoint.ts"
import { connectPlain } from "../support/Peer.ts"
import { silentNameServer } from "../support/PrivateNetwork.ts"
import type { Stage } from "../support/Stage.ts"
import { launcher, main, type Tunnel } from "../support/Tunnel.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

/** A tunnel whose start stops after its port was bound: the name of its status port is looked up. */
const halfStarted = async (stage: Stage) => {
  const names = silentNameServer(stage)
  const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("localhost:9000")
  const tunnel = await builder
    .args("--status=http://status.test:6060", "--disable-landlock")
    .below(...names.below)
    .launch()
  await names.asked()
  const bound = async () => (await accepts(tunnel.listen)) || undefined
  await eventually("the port to be bound", bound, () => tunnel.toString())
  return { names, tunnel }
}

const reloadsLater = (signal: "SIGHUP" | "SIGUSR1", word: string) => async (stage: Stage) => {
  const { names, tunnel } = await halfStarted(stage)
  tunnel.signal(signal)
  names.answer()
  await tunnel.waitForLine(/listening for connections on/)
  await tunnel.waitForLine(new RegExp(`received ${word}, reloading TLS configuration$`))
  await tunnel.waitForLine(/reloading configuration complete$/)
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
}

const stops = (signal: "SIGTERM" | "SIGINT", word: string) => async (stage: Stage) => {
  const { tunnel } = await halfStarted(stage)
  tunnel.signal(signal)
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.count(new RegExp(`^received ${word}, shutting down$`)), 1)
  assert.equal(tunnel.count(/^listening|error/), 0)
  assert.equal(tunnel.stderr, "")
  assert.equal(await accepts(tunnel.listen), false)
}

/** Whether SIGUSR1 does not kill the process any more: it is ignored, blocked or caught. */
const survives = (pid: number): boolean => {
  const masks = /^Sig(?:Blk|Ign|Cgt):\s*([0-9a-f]+)$/gm
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  return [...status.matchAll(masks)].some(([, mask]) => ((BigInt(`0x${mask}`) >> 9n) & 1n) === 1n)
}

/** Sends SIGUSR1 again and again from the first moment on, until the tunnel serves. */
const signalThroughout = async (tunnel: Tunnel): Promise<void> => {
  const serves = () => tunnel.count(/^listening for connections/) > 0
  while (tunnel.exited === undefined && !serves()) {
    if (survives(tunnel.pid)) tunnel.signal("SIGUSR1")
    // Without a pause, the process would do nothing but take signals.
    await pause(2)
  }
}

const keepsDebuggerClosed = (program: (port: number) => ReadonlyArray<string>) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const debuggerAt = await stage.tcp()
  assert.ok(debuggerAt.network === "tcp")
  const builder = (await serverTunnel(stage)).allowAll().target(backend)
  const tunnel = await builder.startedBy(...program(debuggerAt.port)).launch()
  await signalThroughout(tunnel)
  await tunnel.waitForLine(/received user defined signal 1, reloading TLS configuration$/)
  await tunnel.waitForLine(/reloading configuration complete$/)
  assert.equal(await accepts(tcp(debuggerAt.port)), false)
  // As it does later.
  const reloads = tunnel.count(/^reloading configuration complete$/)
  tunnel.signal("SIGUSR1")
  await tunnel.waitForLine(/reloading configuration complete$/, reloads + 1)
  assert.equal(await accepts(tcp(debuggerAt.port)), false)
  await (await join(stage, tunnel)).echo("hello")
}

/** More clients than descriptors, from the moment the port accepts. */
const storm = async (stage: Stage): Promise<void> => {
  const backend = await echoBackend(stage)
  const listen = await stage.tcp()
  const builder = (await serverTunnel(stage)).listen(listen).allowAll().status().target(backend)
  const tunnel = await builder.below("prlimit", "--nofile=64:64").launch()
  await eventually(
    "the port to be bound",
    async () => (await accepts(listen)) || tunnel.exited !== undefined || undefined
  )
  const clients = await Promise.allSettled(Array.from({ length: 200 }, () => connectPlain(stage, listen)))
  await tunnel.waitForLine(/listening for connections on/)
  for (const client of clients) if (client.status === "fulfilled") client.value.destroy()
  await eventually(`an echo from ${textOf(listen)}`, async () => {
    const peer = await join(stage, tunnel)
    await peer.echo("hello")
    return true
  })
}

/** Started in a folder that does not exist any more. */
const inDeletedFolder = (stage: Stage): ReadonlyArray<string> => {
  const folder = stage.path(".gone")
  mkdirSync(folder)
  return ["sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', folder]
}

const startsInDeletedFolder = async (stage: Stage): Promise<void> => {
  const builder = (await serverTunnel(stage)).allowAll().target(await echoBackend(stage))
  const tunnel = await builder.below(...inDeletedFolder(stage)).start()
  await (await join(stage, tunnel)).echo("hello")
}

const refusesRelativePathThere = async (stage: Stage): Promise<void> => {
  const builder = (await serverTunnel(stage))
    .allowAll()
    .target(await echoBackend(stage))
    .ca({ certPath: "ca.pem" })
  const tunnel = await builder.below(...inDeletedFolder(stage)).launch()
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  const why = '--cacert "ca.pem" is relative, and the working directory has been deleted: give an absolute path'
  assert.equal(tunnel.stderr, `error: ${why}\n`)
  assert.equal(tunnel.messages.at(-1), `error: ${why}`)
}

export const serverStart = [
  scenario("server-start-sighup-waits", "control", reloadsLater("SIGHUP", "hangup"), ["own-network"]),
  scenario("server-start-sigusr1-waits", "control", reloadsLater("SIGUSR1", "user defined signal 1"), ["own-network"]),
  scenario("server-start-sigterm", "control", stops("SIGTERM", "terminated"), ["own-network"]),
  scenario("server-start-sigint", "control", stops("SIGINT", "interrupt"), ["own-network"]),
  scenario("server-start-storm", "data-path", storm, ["prlimit"]),
  scenario("server-start-in-a-deleted-folder", "data-path", startsInDeletedFolder),
  scenario("server-start-in-a-deleted-folder-with-a-relative-path", "control", refusesRelativePathThere),
  scenario(
    "server-start-keeps-the-debugger-closed",
    "control",
    keepsDebuggerClosed((port) => ["env", `GHOSTUNNEL_NODE_OPTIONS=--inspect-port=${port}`, launcher])
  ),
  scenario(
    "server-start-keeps-the-debugger-closed-without-launcher",
    "control",
    keepsDebuggerClosed((port) => [process.execPath, `--inspect-port=${port}`, main])
  )
]

runTopic("server-start", serverStart)
