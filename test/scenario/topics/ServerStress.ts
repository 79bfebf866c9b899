/** Traffic in all shapes at once: every byte arrives as it was sent, and nothing is left behind. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { type Plan, steady } from "../../../bench/traffic/Plan.ts"
import { plan } from "../../../bench/traffic/Plans.ts"
import { Footprint } from "../../support/Footprint.ts"
import { waitForNumbers } from "../../support/Metrics.ts"
import type { Stage } from "../../support/Stage.ts"
import { assertNothingBroken, portOf, traffic } from "../../support/Traffic.ts"
import { ca, clientIdentity, clientTunnel, serverIdentity, serverTunnel } from "../Cast.ts"
import { scenario } from "../Scenario.ts"

const mebibyte = 1 << 20

/** Milliseconds that one connection may take. */
const patience = 60_000

const exact = (change: Pick<Plan, "client" | "backend"> & Partial<Plan>): Plan => ({
  first: "client",
  fault: undefined,
  version: "TLSv1.3",
  ...change
})

const serving = async (stage: Stage) => {
  const crowd = await traffic(stage, "server", await ca(), await clientIdentity())
  const footprint = new Footprint(stage)
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .status()
    .target(crowd)
    .args("--enable-pprof", "--close-timeout=50s", "--connect-timeout=50s")
    .below(...footprint.settings)
    .start()
  return { crowd, footprint, tunnel, port: portOf(tunnel.listen) }
}

const calling = async (stage: Stage) => {
  const crowd = await traffic(stage, "client", await ca(), await serverIdentity())
  const footprint = new Footprint(stage)
  const tunnel = await (await clientTunnel(stage))
    .localTarget(crowd)
    .status()
    .args("--enable-pprof", "--close-timeout=50s", "--connect-timeout=50s")
    .below(...footprint.settings)
    .start()
  return { crowd, footprint, tunnel, port: portOf(tunnel.listen) }
}

/** Carries these plans, all at once, to the last byte. */
const carries = (plans: ReadonlyArray<Plan>) => async (stage: Stage) => {
  const { crowd, port, tunnel } = await serving(stage)
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
    const { crowd, footprint, port, tunnel } = await start(stage)
    const warm = Array.from({ length: 20 }, () => exact({ client: steady(100_000), backend: steady(100_000) }))
    await crowd.ask({ kind: "plans", port, plans: warm, parallel: 20, patience })
    await waitForNumbers(tunnel, { "conn.open": 0 })
    const before = await footprint.look(tunnel)
    let followed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(plan(true), { minLength: 1, maxLength: most, size: "max" }), async (plans) => {
        const state = await crowd.ask({ kind: "plans", port, plans, parallel: 48, patience })
        assertNothingBroken(state)
        assert.deepEqual(state.unserved, {})
        followed += plans.length
      }),
      { seed, numRuns: rounds, interruptAfterTimeLimit: 80_000, markInterruptAsFailure: false }
    )
    assert.ok(followed > 0)
    await waitForNumbers(tunnel, { "conn.open": 0 })
    await footprint.returnsTo(tunnel, before)
    assert.equal((await crowd.ask({ kind: "state" })).backendOpen, 0)
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
  scenario("server-stress-random-faults", "data-path", survives(serving, 6_001, 30, 100)),
  scenario("client-stress-random-faults", "data-path", survives(calling, 6_002, 15, 100))
]
