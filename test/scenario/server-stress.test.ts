/** Traffic in all shapes at once: every byte arrives as it was sent, and nothing is left behind. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { type Plan, steady } from "../../bench/traffic/Plan.ts"
import { plan } from "../../bench/traffic/Plans.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { assertNothingBroken } from "../support/Traffic.ts"
import { assertBounded, backendIsAlone, type Change, calling, exact, patience, serving, warmUp } from "./Crowded.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const mebibyte = 1 << 20

/** An end that is slow is no fault here. */
const patient: Change = (builder) => builder.args("--close-timeout=50s", "--connect-timeout=50s")

/** Carries these plans, all at once, to the last byte. */
const carries = (plans: ReadonlyArray<Plan>) => async (stage: Stage) => {
  const { crowd, port, tunnel } = await serving(stage, patient)
  const state = await crowd.ask({ kind: "plans", port, plans, parallel: plans.length, patience })
  assertNothingBroken(state)
  assert.equal(state.exact, plans.length)
  await waitForNumbers(tunnel, { "conn.open": 0 })
  assert.equal(tunnel.count(/error/), 0)
}

/** Random connections, a third of them with an end that resets or leaves: shrunk to the fewest that still fail. */
const survives =
  (start: typeof serving, seed: number, rounds: number, most: number) =>
  async (stage: Stage): Promise<void> => {
    const crowded = await start(stage, patient)
    const { crowd, footprint, port, tunnel } = crowded
    const before = await warmUp(crowded)
    const several = fc.array(plan(true), { minLength: 1, maxLength: most, size: "max" })
    await assertBounded(seed, rounds, several, async (plans) => {
      const state = await crowd.ask({ kind: "plans", port, plans, parallel: 48, patience })
      assertNothingBroken(state)
      assert.deepEqual(state.unserved, {})
    })
    await waitForNumbers(tunnel, { "conn.open": 0 })
    await footprint.returnsTo(tunnel, before)
    await backendIsAlone({ crowd })
    assert.equal(tunnel.stderr, "")
  }

export const serverStress = [
  scenario(
    "server-stress-full-duplex",
    "data-path",
    carries([
      exact({ client: steady(64 * mebibyte, 65_536), backend: steady(64 * mebibyte, 65_536) }),
      exact({ client: steady(8 * mebibyte, 16_385, 3, 40_000), backend: steady(8 * mebibyte), version: "TLSv1.2" })
    ])
  ),
  scenario(
    "server-stress-single-bytes",
    "data-path",
    carries([
      exact({ client: steady(3_000, 1), backend: steady(3_000, 1) }),
      exact({ client: steady(3_000, 1), backend: steady(4 * mebibyte), first: "both" }),
      exact({ client: steady(4 * mebibyte), backend: steady(3_000, 1), first: "backend", version: "TLSv1.2" })
    ])
  ),
  scenario("server-stress-random-faults", "data-path", survives(serving, 6_001, 20, 100)),
  scenario("client-stress-random-faults", "data-path", survives(calling, 6_002, 10, 100))
]

runTopic("server-stress", serverStress)
