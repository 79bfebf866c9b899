/** A process that runs out of file descriptors: clients wait, it says so, and everybody is served in the end. */
import assert from "node:assert/strict"
import { existsSync, readdirSync } from "node:fs"
import { basename, dirname } from "node:path"
import { holdingBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { injectFault } from "../support/FaultInjection.ts"
import { ask, numbers, waitForNumbers } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const clients = 100
const exhausted = /^error accepting connection: accept .*: accept4: too many open files$/

/** More clients than descriptors: what holds while they last, and that nobody was dropped. */
const everyClientIsServed = async (stage: Stage, listen: Endpoint, limit: number): Promise<Tunnel> => {
  const backend = await holdingBackend(stage)
  const builder = (await serverTunnel(stage)).listen(listen).allowAll().status().target(backend)
  const tunnel = await builder.below("prlimit", `--nofile=${limit}:${limit}`).start()
  const peers = Array.from({ length: clients }, async () => {
    const peer = await join(stage, tunnel)
    await peer.eof()
    peer.end()
  })
  const line = await tunnel.waitForLine(/too many open files$/)
  assert.ok(line.includes(`accept ${listen.network} ${listen.network === "tcp" ? textOf(listen) : listen.path}`), line)
  // Those who were taken have their backends; the others wait.
  assert.equal((await ask(tunnel.status, "/_status")).code, 200)
  tunnel.signal("SIGHUP")
  await tunnel.waitForLine(/reloading configuration complete$/)
  assert.equal(tunnel.count(/^error reloading/), 0)
  const during = await numbers(tunnel)
  assert.ok((during["conn.open"] ?? clients) < limit / 2, `${during["conn.open"]} open`)
  assert.ok((during["accept.error"] ?? 0) > 0)
  // One more than clients: the status port's own look at the backend.
  for (let index = 0; index <= clients; index++) {
    const far = await backend.connection(index)
    far.end()
    await far.close()
  }
  await Promise.all(peers)
  const after = await waitForNumbers(tunnel, { "conn.open": 0, "accept.total": clients, "accept.success": clients })
  // What a thread counts is seen at once; what it says comes a little later.
  const said = () => tunnel.count(exhausted)
  await tunnel.changes.until(
    () => (said() >= (after["accept.error"] ?? 0) ? true : undefined),
    () => `${after["accept.error"]} lines, have ${said()}`
  )
  assert.equal(said(), after["accept.error"])
  assert.equal(tunnel.count(/error/), said())
  assert.equal(tunnel.stderr, "")
  await (await join(stage, tunnel)).write("as before")
  await (await backend.connection(clients + 1)).receive("as before")
  return tunnel
}

/** A thread dies while clients wait for descriptors: another one takes its place, and what it listened on. */
const exhaustedThreadDies = async (stage: Stage, listen: Endpoint): Promise<void> => {
  const backend = await holdingBackend(stage)
  const settings = Object.entries(injectFault(stage, "worker")).map(([name, value]) => `${name}=${value}`)
  const builder = (await serverTunnel(stage)).listen(listen).allowAll().status().target(backend)
  // However slowly they come, none is given up before the last one is there.
  const patient = builder.args("--connect-timeout=5m")
  const tunnel = await patient.below("prlimit", "--nofile=64:64", "env", ...settings).start()
  const crowd = Promise.allSettled(Array.from({ length: clients }, () => connectPlain(stage, tunnel.listen)))
  await tunnel.waitForLine(/too many open files$/)
  if (stage.cell.plane === "workers") {
    tunnel.signal("SIGUSR2")
    await tunnel.waitForLine(/worker thread \d ended unexpectedly/)
  }
  for (const peer of await crowd) if (peer.status === "fulfilled") peer.value.destroy()
  await waitForNumbers(tunnel, { "conn.open": 0 })
  // Where it was the only thread nobody listens until another one has taken its place.
  await eventually("somebody who listens", () =>
    connectPlain(stage, listen).then(
      (peer) => {
        peer.destroy()
        return true
      },
      () => undefined
    )
  )
  // A socket that nobody accepts from any more would keep its share of these for ever.
  for (let index = 0; index < 20; index++) {
    const late = await join(stage, tunnel)
    await late.write("late")
    const far = await backend.connection(index)
    await far.receive("late")
    late.destroy()
    far.destroy()
  }
}

export const serverDescriptors = [
  scenario(
    "server-descriptors-exhausted",
    "data-path",
    async (stage) => {
      await everyClientIsServed(stage, await stage.tcp(), 64)
    },
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-exhausted-unix",
    "data-path",
    async (stage) => {
      const listen = stage.unix()
      assert.ok(listen.network === "unix")
      const tunnel = await everyClientIsServed(stage, listen, 64)
      const sockets = () => readdirSync(dirname(listen.path)).filter((name) => name.startsWith(basename(listen.path)))
      assert.deepEqual(sockets(), [basename(listen.path)])
      tunnel.signal("SIGTERM")
      await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
      assert.equal(existsSync(listen.path), false)
    },
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-hardly-any",
    "data-path",
    async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().target(backend)
      // Fewer are left than are kept back: whoever comes alone is served all the same, again and again.
      const limit = stage.cell.plane === "workers" ? 44 : 30
      const tunnel = await builder.below("prlimit", `--nofile=${limit}:${limit}`).start()
      for (let index = 0; index < 10; index++) {
        const alone = await join(stage, tunnel)
        await alone.write("alone")
        const far = await backend.connection(index)
        await far.receive("alone")
        alone.end()
        far.end()
        await tunnel.changes.until(
          () => (tunnel.count(/^closed pipe/) > index ? true : undefined),
          () => `the end of client ${index}`
        )
      }
      assert.ok(tunnel.count(exhausted) > 0)
    },
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-exhausted-and-a-thread-dies",
    "data-path",
    async (stage) => exhaustedThreadDies(stage, await stage.tcp()),
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-exhausted-and-a-thread-dies-unix",
    "data-path",
    async (stage) => exhaustedThreadDies(stage, stage.unix()),
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-left-by-status-clients",
    "data-path",
    async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.below("prlimit", "--nofile=64:64").start()
      const knocking = Promise.allSettled(
        Array.from({ length: clients }, () => connectPlain(stage, tunnel.status.endpoint))
      )
      await tunnel.waitForLine(/http: Accept error: accept4: too many open files$/)
      const knocks = await knocking
      // Those who were let in keep what they have; a client of the tunnel and a reload still find a descriptor.
      await (await join(stage, tunnel)).write("past the crowd")
      await (await backend.connection(0)).receive("past the crowd")
      tunnel.signal("SIGHUP")
      await tunnel.waitForLine(/reloading configuration complete$/)
      assert.equal(tunnel.count(/^error reloading/), 0)
      for (const knock of knocks) if (knock.status === "fulfilled") knock.value.destroy()
      await waitForNumbers(tunnel, { "conn.open": 1, "accept.success": 1 })
    },
    ["prlimit"]
  ),
  scenario(
    "server-descriptors-exhausted-at-shutdown",
    "data-path",
    async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().target(backend)
      const tunnel = await builder.below("prlimit", "--nofile=64:64").start()
      const outcomes = Array.from({ length: clients }, () =>
        join(stage, tunnel).then(
          async (peer) => {
            await peer.eof()
            peer.end()
          },
          () => {}
        )
      )
      await tunnel.waitForLine(/too many open files$/)
      tunnel.signal("SIGTERM")
      await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
      // Those who waited are turned away, those who were served are ended: then nothing holds the process.
      let over = false
      const ended = backend.changes.until(
        () => {
          for (const far of backend.connections) far.end()
          return over ? true : undefined
        },
        () => "every client's end"
      )
      await Promise.all(outcomes)
      over = true
      backend.changes.notify()
      await ended
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    },
    ["prlimit"]
  )
]

runTopic("server-descriptors", serverDescriptors)
