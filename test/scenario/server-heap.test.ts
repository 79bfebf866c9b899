/** What C code allocates and frees, checked by the allocator itself: a block freed twice or overrun ends the program. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import fc from "fast-check"
import { plan } from "../../bench/traffic/Plans.ts"
import { pause } from "../support/Changes.ts"
import { full } from "../support/Full.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { assertNothingBroken, portOf, traffic } from "../support/Traffic.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { patience } from "./Crowded.ts"
import { ca, clientIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

/** The C library's checking allocator; what is freed is overwritten. Without it MALLOC_CHECK_ means nothing. */
const checking = ["LD_PRELOAD=libc_malloc_debug.so.0", "MALLOC_CHECK_=3", "MALLOC_PERTURB_=165"]

const assertChecked = (tunnel: Tunnel, expected: boolean): void =>
  assert.equal(readFileSync(`/proc/${tunnel.pid}/maps`, "utf8").includes("libc_malloc_debug"), expected)

/** Thousands of connections with resets, early leaves, stalls and half-closes, and reloads beside them; then a drain. */
const holds = async (stage: Stage): Promise<void> => {
  const crowd = await traffic(stage, "server", await ca(), await clientIdentity())
  const builder = (await serverTunnel(stage)).allowAll().status().target(crowd)
  const tunnel = await builder
    .args("--close-timeout=50s", "--connect-timeout=50s", "--shutdown-timeout=60s")
    .below("env", ...checking)
    .start()
  assertChecked(tunnel, true)
  const port = portOf(tunnel.listen)
  // With Node's transport the only calls from here into C are those of Node itself.
  const numRuns = full || stage.cell.transport === "native" ? 2_000 : 300
  const plans = fc.sample(plan(true), { seed: 6_301, numRuns })
  let over = false
  const carry = async (): Promise<void> => {
    const end = performance.now() + 60_000
    // A slow machine does as many as it can.
    for (let from = 0; from < plans.length && (full || performance.now() < end); from += 100) {
      const state = await crowd.ask({
        kind: "plans",
        port,
        plans: plans.slice(from, from + 100),
        parallel: 32,
        patience
      })
      assertNothingBroken(state)
      assert.deepEqual(state.unserved, {})
    }
  }
  const whole = carry().finally(() => {
    over = true
  })
  let reloads = 0
  do {
    tunnel.signal("SIGHUP")
    await Promise.all([tunnel.waitForLine(/reloading configuration complete$/, ++reloads), pause(200)])
  } while (!over || reloads < 5)
  await whole
  await waitForNumbers(tunnel, { "conn.open": 0 })
  await crowd.ask({ kind: "flow", port, seed: 6_302, faults: true, parallel: 32 })
  await tunnel.waitForLine(/opening pipe/, tunnel.count(/^opening pipe/) + 50)
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  assertNothingBroken(await crowd.ask({ kind: "halt" }))
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.stderr, "")
}

// The second word of a block in the allocator's cache tells that it is there: without that it is taken once more. Blocks
// that are taken first make room in the cache, and those that are taken afterwards leave nothing in it.
const freesTwice = `
const { isMainThread } = require("node:worker_threads")
const ffi = require("node:ffi")
const { functions } = ffi.dlopen(null, {
  malloc: { arguments: ["u64"], return: "pointer" },
  free: { arguments: ["pointer"], return: "void" }
})
if (isMainThread) process.on("SIGUSR2", () => {
  const block = Array.from({ length: 9 }, () => functions.malloc(1000n)).at(-1)
  functions.free(block)
  ffi.setUint64(block, 8, 0n)
  functions.free(block)
  functions.malloc(1000n)
  functions.malloc(1000n)
  process._rawDebug("freed twice")
})
`

/** The check itself: only with it is a block that is freed twice noticed. */
const notices = (checked: boolean) => async (stage: Stage) => {
  const script = stage.path(".cjs")
  writeFileSync(script, freesTwice)
  const settings = ["NODE_NO_WARNINGS=1", `NODE_OPTIONS=--require=${script}`, ...(checked ? checking : [])]
  const crowd = await traffic(stage, "server", await ca(), await clientIdentity())
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .target(crowd)
    .below("env", ...settings)
    .start()
  assertChecked(tunnel, checked)
  tunnel.signal("SIGUSR2")
  if (!checked) {
    return assert.ok(
      await tunnel.changes.until(
        () => (tunnel.stderr.includes("freed twice") ? true : tunnel.exited && false),
        () => "the second free"
      )
    )
  }
  assert.deepEqual(await tunnel.exit(), { code: null, signal: "SIGABRT" })
  assert.match(tunnel.stderr, /free\(\): invalid pointer/)
}

export const serverHeap = [
  scenario("server-heap-stays-whole", "data-path", holds, ["malloc-debug"]),
  scenario("server-heap-check-notices-double-free", "data-path", notices(true), ["malloc-debug"]),
  scenario("server-heap-unchecked-notices-nothing", "data-path", notices(false), ["malloc-debug"])
]

runTopic("server-heap", serverHeap)
