/** Clients and backends that speak nonsense: nothing but their own connection ends, and nothing of it stays. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { steady } from "../../bench/traffic/Plan.ts"
import { mangle, noise, plan } from "../../bench/traffic/Plans.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { assertNothingBroken, portOf } from "../support/Traffic.ts"
import {
  assertBounded,
  backendIsAlone,
  type Change,
  type Crowded,
  calling,
  exact,
  patience,
  serving,
  warmUp
} from "./Crowded.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

/** Seconds after which the tunnel gives up. */
const limit = 3

/** Who waits for the rest of a record is not waited for in vain. */
const brief: Change = (builder) => builder.args(`--connect-timeout=${limit}s`, `--close-timeout=${limit}s`)

/** Milliseconds after which an end on a damaged wire gives up. */
const shortPatience = 1_000

/** The tunnel still serves, has counted everybody, and holds nothing of what was. */
const unimpressed = async ({ crowd, footprint, port, tunnel }: Crowded, before: Awaited<ReturnType<typeof warmUp>>) => {
  const plans = Array.from({ length: 10 }, () => exact({ client: steady(50_000), backend: steady(50_000) }))
  for (let exactly = false; !exactly; ) {
    const began = performance.now()
    const state = await crowd.ask({ kind: "plans", port, plans, parallel: 10, patience })
    assertNothingBroken(state)
    exactly = state.exact === plans.length
    // Only a machine so busy that the tunnel's limit is over excuses another attempt.
    if (performance.now() - began < limit * 1_000) assert.equal(state.exact, plans.length)
  }
  const all = await waitForNumbers(tunnel, { "conn.open": 0 })
  const ended = ["accept.success", "accept.error"].map((name) => all[name] ?? Number.NaN)
  assert.equal(
    ended.reduce((sum, count) => sum + count),
    all["accept.total"]
  )
  await footprint.returnsTo(tunnel, before)
  await backendIsAlone({ crowd })
  assert.equal(tunnel.stderr, "")
}

const noises = async (stage: Stage): Promise<void> => {
  const crowded = await serving(stage, brief)
  const { crowd, port, tunnel } = crowded
  const before = await warmUp(crowded)
  await assertBounded(6_101, 6, fc.array(noise, { minLength: 1, maxLength: 150, size: "max" }), async (each) => {
    assertNothingBroken(await crowd.ask({ kind: "noise", port, noises: each }))
    await waitForNumbers(tunnel, { "conn.open": 0 })
  })
  await unimpressed(crowded, before)
}

const damaged = fc.array(fc.record({ mangle, plan: plan(false) }), { minLength: 1, maxLength: 80, size: "max" })

/** Follows plans over a wire that damages what reaches the tunnel. */
const survives = async (crowded: Crowded, through: number, seed: number): Promise<void> => {
  const { crowd, tunnel } = crowded
  const before = await warmUp(crowded)
  await assertBounded(seed, 6, damaged, async (each) => {
    await crowd.ask({ kind: "mangle", mangles: each.map((one) => one.mangle) })
    const plans = each.map((one) => one.plan)
    const order = { kind: "plans", port: through, plans, parallel: 40, patience: shortPatience } as const
    assertNothingBroken(await crowd.ask({ ...order, damaged: true }))
    await waitForNumbers(tunnel, { "conn.open": 0 })
  })
  await crowd.ask({ kind: "mangle", mangles: [] })
  await unimpressed(crowded, before)
}

export const serverFuzz = [
  scenario("server-fuzz-random-bytes", "data-path", noises),
  scenario("server-fuzz-damaged-clients", "data-path", async (stage) => {
    const crowded = await serving(stage, brief)
    const through = portOf(await stage.tcp())
    await crowded.crowd.ask({ kind: "wire", port: through, target: crowded.port, damaged: "there" })
    await survives(crowded, through, 6_102)
  }),
  scenario("client-fuzz-damaged-backend", "data-path", async (stage) => {
    const wire = await stage.tcp()
    const crowded = await calling(stage, (builder) => brief(builder).localTarget({ endpoint: wire }))
    const target = portOf(crowded.crowd.endpoint)
    await crowded.crowd.ask({ kind: "wire", port: portOf(wire), target, damaged: "back" })
    await survives(crowded, crowded.port, 6_103)
  })
]

runTopic("server-fuzz", serverFuzz)
