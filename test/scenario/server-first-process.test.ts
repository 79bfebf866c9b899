/**
 * The program as the first process of a PID namespace, which it is in every container: the kernel keeps signals from it
 * that nothing listens for, and yet what kills elsewhere ends it too.
 */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { holdingBackend } from "../support/Backend.ts"
import { inFirstProcess, signalChild } from "../support/FirstProcess.ts"
import { silentNameServer } from "../support/PrivateNetwork.ts"
import type { Stage } from "../support/Stage.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const exits = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const

// Loaded before the program: it gets its signal as it opens its first credential.
const signalAtStart = `
const fs = require("node:fs")
const { syncBuiltinESMExports } = require("node:module")
const { openSync } = fs
fs.openSync = (path, ...rest) => {
  if (String(path).endsWith(".pem")) {
    fs.openSync = openSync
    syncBuiltinESMExports()
    process.kill(process.pid, process.env.SIGNAL)
  }
  return openSync(path, ...rest)
}
syncBuiltinESMExports()
`

const diesDuringStart = (signal: keyof typeof exits) => async (stage: Stage) => {
  const script = stage.path(".cjs")
  writeFileSync(script, signalAtStart)
  const builder = (await serverTunnel(stage)).allowAll().target(await holdingBackend(stage))
  const environment = ["env", `NODE_OPTIONS=--require=${script}`, `SIGNAL=${signal}`]
  const tunnel = await builder.below(...inFirstProcess(), ...environment).launch()
  assert.deepEqual(await tunnel.exit(), { code: exits[signal], signal: null })
  assert.match(tunnel.stdout, /^\[1\] .* starting ghostunnel in server mode\n/)
  assert.equal(tunnel.count(/^(listening|received)/), 0)
}

const diesDuringLookUp = async (stage: Stage) => {
  const names = silentNameServer(stage)
  const builder = (await serverTunnel(stage)).allowAll().listen(stage.unix()).target("backend.test:9000")
  const words = [...inFirstProcess(), ...names.below]
  const tunnel = await builder
    .args("--unsafe-target")
    .below(...words)
    .launch()
  await names.asked()
  signalChild(tunnel.pid, "SIGTERM")
  // The name server is asked for longer than anybody waits here.
  assert.deepEqual(await tunnel.exit(), { code: 143, signal: null })
}

const diesWhileDraining = (first: "SIGTERM" | "SIGINT", second: "SIGTERM" | "SIGINT") => async (stage: Stage) => {
  const builder = (await serverTunnel(stage)).allowAll().target(await holdingBackend(stage))
  const tunnel = await builder.below(...inFirstProcess()).start()
  await join(stage, tunnel)
  await tunnel.waitForLine(/opening pipe/)
  signalChild(tunnel.pid, "SIGHUP")
  await tunnel.waitForLine(/reloading configuration complete$/)
  signalChild(tunnel.pid, first)
  await tunnel.waitForLine(/^\[1\] .*waiting for drain$/)
  // Reloads nothing any more, and kills no more than elsewhere.
  signalChild(tunnel.pid, "SIGHUP")
  signalChild(tunnel.pid, second)
  assert.deepEqual(await tunnel.exit(), { code: exits[second], signal: null })
  assert.equal(tunnel.count(/^received .*, shutting down$/), 1)
}

const drains = async (stage: Stage) => {
  const builder = (await serverTunnel(stage)).allowAll().target(await holdingBackend(stage))
  const tunnel = await builder.below(...inFirstProcess()).start()
  signalChild(tunnel.pid, "SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.count(/^received terminated, shutting down$/), 1)
}

export const serverFirstProcess = [
  scenario("server-first-process-sigterm-during-start", "control", diesDuringStart("SIGTERM"), [
    "unshare",
    "pid-namespace"
  ]),
  scenario("server-first-process-sigint-during-start", "control", diesDuringStart("SIGINT"), [
    "unshare",
    "pid-namespace"
  ]),
  scenario("server-first-process-sighup-during-start", "control", diesDuringStart("SIGHUP"), [
    "unshare",
    "pid-namespace"
  ]),
  scenario("server-first-process-sigterm-during-look-up", "control", diesDuringLookUp, [
    "unshare",
    "pid-namespace",
    "own-network"
  ]),
  scenario("server-first-process-drains", "control", drains, ["unshare", "pid-namespace"]),
  scenario("server-first-process-second-sigterm", "data-path", diesWhileDraining("SIGTERM", "SIGTERM"), [
    "unshare",
    "pid-namespace"
  ]),
  scenario("server-first-process-sigint-after-sigterm", "control", diesWhileDraining("SIGTERM", "SIGINT"), [
    "unshare",
    "pid-namespace"
  ])
]

runTopic("server-first-process", serverFirstProcess)
