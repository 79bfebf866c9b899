/** Disturbances under load: floods, reloads, shutdown, a backend that comes and goes, ends that never read, dying threads. */
import assert from "node:assert/strict"
import { copyFileSync } from "node:fs"
import type { Command } from "../../bench/traffic/Commands.ts"
import { deaf, type Plan, steady } from "../../bench/traffic/Plan.ts"
import { echoBackend } from "../support/Backend.ts"
import { eventually, pause } from "../support/Changes.ts"
import { injectFault } from "../support/FaultInjection.ts"
import { memoryOf } from "../support/Footprint.ts"
import { jsonLines, loggedConnections } from "../support/JsonLog.ts"
import { ask, numbers, waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { assertNothingBroken, unserved } from "../support/Traffic.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { backendIsAlone, type Crowded, calling, exact, patience, serving, warmUp } from "./Crowded.ts"
import { clientIdentity, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const small = (count: number): ReadonlyArray<Plan> =>
  Array.from({ length: count }, () => exact({ client: steady(20_000), backend: steady(20_000) }))

/** Begins endless random connections without faults. */
const flow = ({ crowd, port }: Crowded, seed: number) =>
  crowd.ask({ kind: "flow", port, seed, faults: false, parallel: 16 })

/** Waits until so many connections have been admitted, all in all. */
const admitted = async (tunnel: Tunnel, least: number): Promise<void> => {
  await eventually(`${least} connections`, async () =>
    ((await numbers(tunnel))["accept.success"] ?? 0) >= least ? true : undefined
  )
}

const silentClients = async (stage: Stage): Promise<void> => {
  const crowded = await serving(stage, (builder) => builder.args("--connect-timeout=5s"))
  const { crowd, footprint, port, tunnel } = crowded
  const before = await warmUp(crowded)
  const { "accept.success": admittedBefore = Number.NaN } = await numbers(tunnel)
  await crowd.ask({ kind: "silent", port, connections: 1_000 })
  const plans = small(100)
  const state = await crowd.ask({ kind: "plans", port, plans, parallel: 10, patience })
  assertNothingBroken(state)
  assert.equal(state.exact, plans.length)
  // The time they were given ends for every one of them.
  const wanted = { "conn.open": 0, "accept.timeout": 1_000, "accept.success": admittedBefore + plans.length }
  await waitForNumbers(tunnel, wanted)
  await footprint.returnsTo(tunnel, before)
  assert.equal((await crowd.ask({ kind: "state" })).silent, 0)
}

const reloads =
  (start: typeof serving, identities: ReadonlyArray<TestIdentity>) =>
  async (stage: Stage): Promise<void> => {
    const files = { certPath: stage.path(".pem"), keyPath: stage.path(".key") }
    const use = (round: number) => {
      const identity = identities[round % identities.length] ?? assert.fail()
      copyFileSync(identity.certPath, files.certPath)
      copyFileSync(identity.keyPath, files.keyPath)
    }
    use(0)
    const crowded = await start(stage, (builder) => builder.identity(files))
    const { crowd, footprint, tunnel } = crowded
    const before = await warmUp(crowded)
    await flow(crowded, 6_201)
    for (let round = 1; round <= 30; round++) {
      use(round)
      tunnel.signal("SIGHUP")
      await Promise.all([tunnel.waitForLine(/reloading configuration complete$/, round), pause(100)])
    }
    await eventually("a hundred connections", async () =>
      ((await numbers(tunnel))["conn.lifetime.count"] ?? 0) >= 120 ? true : undefined
    )
    const state = await crowd.ask({ kind: "halt" })
    assertNothingBroken(state)
    assert.deepEqual(state.unserved, {})
    assert.ok(state.exact >= 100, `${state.exact}`)
    await waitForNumbers(tunnel, { "conn.open": 0, "accept.error": 0 })
    assert.equal(tunnel.count(/error/), 0)
    await footprint.returnsTo(tunnel, before)
  }

const drains = async (stage: Stage): Promise<void> => {
  const crowded = await serving(stage, (builder) => builder.args("--shutdown-timeout=60s"))
  const { crowd, tunnel } = crowded
  await flow(crowded, 6_202)
  await admitted(tunnel, 150)
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  const state = await crowd.ask({ kind: "halt" })
  assertNothingBroken(state)
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  // Whoever was let in was served to the last byte.
  assert.equal(tunnel.count(/^opening pipe/), state.exact)
  assert.equal(tunnel.count(/^closed pipe/), state.exact)
  // Handshakes and dials that were not over yet have been broken off.
  assert.equal(tunnel.count(/error/), tunnel.count(/^error on (TLS handshake from \S+|dial): context canceled$/))
  await backendIsAlone(crowded)
}

const backendFlaps = async (stage: Stage): Promise<void> => {
  const crowded = await serving(stage)
  const { crowd, footprint, tunnel } = crowded
  const before = await warmUp(crowded)
  await flow(crowded, 6_203)
  let [exactly, turnedAway] = [0, 0]
  const command = async (next: Command) => {
    const state = await crowd.ask(next)
    assertNothingBroken(state)
    exactly += state.exact
    turnedAway += unserved(state)
  }
  for (let round = 1; round <= 6; round++) {
    await command({ kind: "backend", listening: false })
    await tunnel.waitForLine(/error on dial: .*connection refused$/, tunnel.count(/^error on dial/) + 20)
    await command({ kind: "backend", listening: true })
    const { "conn.lifetime.count": had = Number.NaN } = await numbers(tunnel)
    await eventually("connections to the backend", async () =>
      ((await numbers(tunnel))["conn.lifetime.count"] ?? 0) >= had + 40 ? true : undefined
    )
  }
  await command({ kind: "halt" })
  assert.ok(turnedAway >= 100, `${turnedAway} turned away`)
  assert.ok(exactly >= 100, `${exactly} served`)
  await waitForNumbers(tunnel, { "conn.open": 0 })
  await footprint.returnsTo(tunnel, before)
}

/** Half of the connections send to a backend that never reads, the other half never read what it sends. */
const deafEnds = async (stage: Stage): Promise<void> => {
  const crowded = await serving(stage)
  const { crowd, footprint, port, tunnel } = crowded
  const before = await warmUp(crowded)
  const memory = memoryOf(tunnel.pid)
  const much = steady(256 << 20, 65_536)
  const up = exact({ client: much, backend: deaf(steady(1)) })
  const down = exact({ client: deaf(steady(1)), backend: much, version: "TLSv1.2" })
  const plans = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? up : down))
  await crowd.ask({ kind: "hold", port, plans })
  // What the kernel's buffers hold at least, for each of them; after that nothing for a second.
  const least = plans.length * 100_000
  let [last, still] = [-1, 0]
  await eventually("everything to stand still", async () => {
    await pause(200)
    const { backendOpen, moved } = await crowd.ask({ kind: "state" })
    still = backendOpen === plans.length && moved > least && moved === last ? still + 1 : 0
    last = moved
    return still >= 5 ? true : undefined
  })
  const grown = memoryOf(tunnel.pid) - memory
  assert.ok(grown < 100_000, `${grown} kB for ${plans.length} connections`)
  // Nobody else waits for them.
  const state = await crowd.ask({ kind: "plans", port, plans: small(50), parallel: 10, patience })
  assertNothingBroken(state)
  assert.equal(state.exact, 50)
  await crowd.ask({ kind: "release" })
  await waitForNumbers(tunnel, { "conn.open": 0 })
  await footprint.returnsTo(tunnel, before)
}

/** A thread ends by an error: with it its connections, and nothing else. */
const threadDies = async (stage: Stage): Promise<void> => {
  const backend = await echoBackend(stage)
  const settings = Object.entries(injectFault(stage, "worker")).map(([name, value]) => `${name}=${value}`)
  const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
  const tunnel = await builder.below("env", ...settings).start()
  const peers = await Promise.all(Array.from({ length: 40 }, () => join(stage, tunnel)))
  await Promise.all(peers.map((peer) => peer.echo("before ")))
  tunnel.signal("SIGUSR2")
  if (stage.cell.plane === "workers") await tunnel.waitForLine(/worker thread \d ended unexpectedly/)
  const fates = await Promise.allSettled(
    peers.map((peer) => Promise.race([peer.echo("after"), peer.eof().then(() => Promise.reject(new Error("gone")))]))
  )
  const lost = fates.filter(({ status }) => status === "rejected").length
  // Without worker threads there is none to lose.
  if (stage.cell.plane === "inline") return assert.equal(lost, 0)
  assert.ok(lost > 0 && lost < peers.length, `${lost} of ${peers.length} lost`)
  await waitForNumbers(tunnel, { "conn.open": peers.length - lost })
  await eventually("the count of dead threads", async () => {
    const { body } = await ask(tunnel.status, "/_metrics/openmetrics")
    return /^ghostunnel_workers_replaced_total 1$/m.test(body) ? true : undefined
  })
  for (let round = 0; round < 20; round++) await (await join(stage, tunnel)).echo("later")
  assert.equal(tunnel.count(/error/), 1)
  assert.equal(
    tunnel.count(/^error: worker thread \d ended unexpectedly \(injectFault\); its connections are closed$/),
    1
  )
}

/** A dead thread is replaced even where no other one is to be had at first. */
const replacedLater = async (stage: Stage): Promise<void> => {
  const backend = await echoBackend(stage)
  const settings = Object.entries(injectFault(stage, "replacement")).map(([name, value]) => `${name}=${value}`)
  const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
  const tunnel = await builder.below("env", ...settings).start()
  await (await join(stage, tunnel)).echo("before")
  tunnel.signal("SIGUSR2")
  if (stage.cell.plane === "workers") {
    await tunnel.waitForLine(/error: cannot replace worker thread 0: no thread could be started: none left$/)
    await eventually("the count of replaced threads", async () => {
      const { body } = await ask(tunnel.status, "/_metrics/openmetrics")
      return /^ghostunnel_workers_replaced_total 1$/m.test(body) ? true : undefined
    })
  }
  for (let round = 0; round < 20; round++) await (await join(stage, tunnel)).echo("later")
}

/** A thread that dies in a drain is told of, and what its successor in the next process listens on stays. */
const threadDiesInDrain = async (stage: Stage): Promise<void> => {
  const backend = await echoBackend(stage)
  const listen = stage.unix()
  const settings = Object.entries(injectFault(stage, "worker")).map(([name, value]) => `${name}=${value}`)
  const builder = (await serverTunnel(stage)).listen(listen).allowAll().target(backend).args("--log-format=json")
  const old = await builder.below("env", ...settings).start()
  const peers = await Promise.all(Array.from({ length: 20 }, () => join(stage, old)))
  await Promise.all(peers.map((peer) => peer.echo("before")))
  old.signal("SIGTERM")
  await old.waitForLine(/waiting for drain"/)
  const next = await (await serverTunnel(stage)).listen(listen).allowAll().target(backend).start()
  // With Node's transport one thread serves the socket, with the native one both do.
  const lost = stage.cell.plane === "inline" ? 0 : stage.cell.transport === "node" ? 1 : 2
  for (let thread = 0; thread < lost; thread++) {
    old.signal("SIGUSR2")
    await old.waitForLine(new RegExp(`worker thread ${thread} ended unexpectedly`))
  }
  for (const peer of peers) {
    if (lost > 0) await peer.eof()
    else peer.end()
  }
  assert.deepEqual(await old.exit(), { code: 0, signal: null })
  const said = jsonLines(old.lines).filter(({ message }) => /worker thread \d ended unexpectedly/.test(String(message)))
  assert.equal(said.length, lost)
  const reasons = loggedConnections(old.lines).map(({ close }) => close.reason)
  assert.deepEqual(new Set(reasons), new Set([lost === 0 ? "eof" : "thread_lost"]))
  assert.equal(reasons.length, peers.length)
  await (await join(stage, next)).echo("after")
}

const twoServers = async () => [await serverIdentity(), await serverIdentity({ cn: "second" })]
const twoClients = async () => [await clientIdentity(), await clientIdentity({ cn: "second" })]

export const serverStorm = [
  scenario("server-storm-silent-clients", "data-path", silentClients),
  scenario("server-storm-reloads", "data-path", async (stage) => reloads(serving, await twoServers())(stage)),
  scenario("client-storm-reloads", "data-path", async (stage) => reloads(calling, await twoClients())(stage)),
  scenario("server-storm-drain", "data-path", drains),
  scenario("server-storm-backend-flaps", "data-path", backendFlaps),
  scenario("server-storm-deaf-ends", "data-path", deafEnds),
  scenario("server-storm-thread-dies", "data-path", threadDies),
  scenario("server-storm-thread-dies-in-drain", "data-path", threadDiesInDrain),
  scenario("server-storm-thread-is-replaced-later", "data-path", replacedLater)
]

runTopic("server-storm", serverStorm)
