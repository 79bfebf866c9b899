/** Tunnels in front of the traffic's process. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { type Plan, steady } from "../../bench/traffic/Plan.ts"
import { eventually } from "../support/Changes.ts"
import { Footprint, type Held } from "../support/Footprint.ts"
import { full } from "../support/Full.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { portOf, type Traffic, traffic } from "../support/Traffic.ts"
import type { Tunnel, TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, serverIdentity, serverTunnel } from "./Fixtures.ts"

/** Milliseconds that one connection of the traffic may take. */
export const patience = 60_000

/** A plan without a fault. */
export const exact = (change: Pick<Plan, "client" | "backend"> & Partial<Plan>): Plan => ({
  first: "client",
  fault: undefined,
  version: "TLSv1.3",
  ...change
})

/** A running tunnel, and who speaks at both of its ends. */
export interface Crowded {
  readonly crowd: Traffic
  readonly footprint: Footprint
  readonly tunnel: Tunnel
  readonly port: number
}

/** More for the tunnel's command line. */
export type Change = (builder: TunnelBuilder) => TunnelBuilder

const asItIs: Change = (builder) => builder

const ready = async (stage: Stage, builder: TunnelBuilder, crowd: Traffic): Promise<Crowded> => {
  const footprint = new Footprint(stage)
  const tunnel = await builder
    .status()
    .args("--enable-pprof")
    .below(...footprint.settings)
    .start()
  return { crowd, footprint, tunnel, port: portOf(tunnel.listen) }
}

/** A server tunnel. */
export const serving = async (stage: Stage, change = asItIs): Promise<Crowded> => {
  const crowd = await traffic(stage, "server", await ca(), await clientIdentity())
  return ready(stage, change((await serverTunnel(stage)).allowAll().target(crowd)), crowd)
}

/** A client tunnel. */
export const calling = async (stage: Stage, change = asItIs): Promise<Crowded> => {
  const crowd = await traffic(stage, "client", await ca(), await serverIdentity())
  return ready(stage, change((await clientTunnel(stage)).localTarget(crowd)), crowd)
}

/** Carries connections until everything that is made once is there, and tells the least of what the tunnel holds then. */
export const warmUp = async ({ crowd, footprint, port, tunnel }: Crowded): Promise<Held> => {
  const plans = Array.from({ length: 20 }, () => exact({ client: steady(100_000), backend: steady(100_000) }))
  await crowd.ask({ kind: "plans", port, plans, parallel: plans.length, patience })
  await waitForNumbers(tunnel, { "conn.open": 0 })
  // One of the status port's own connections may still be there.
  const looks = [await footprint.look(tunnel), await footprint.look(tunnel), await footprint.look(tunnel)]
  const least = (of: keyof Held) => Math.min(...looks.map((each) => each[of]))
  return {
    descriptors: least("descriptors"),
    fibers: least("fibers"),
    timers: least("timers"),
    handles: least("handles")
  }
}

/**
 * Runs an asynchronous property, so often (with `FULL=1` four times as often) but not for longer than a minute and a bit:
 * what comes later counts as held.
 */
export const assertBounded = async <A>(
  seed: number,
  rounds: number,
  arbitrary: fc.Arbitrary<A>,
  holds: (value: A) => Promise<void>
): Promise<void> => {
  const end = performance.now() + 70_000
  let done = 0
  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (performance.now() > end) return
    await holds(value)
    done++
  })
  await fc.assert(property, { seed, numRuns: full ? 4 * rounds : rounds })
  assert.ok(done > 0, "not a single round was over in time")
}

/** Waits until the backend has no connection any more. */
export const backendIsAlone = async ({ crowd }: Pick<Crowded, "crowd">): Promise<void> => {
  await eventually("the backend's last connection to end", async () =>
    (await crowd.ask({ kind: "state" })).backendOpen === 0 ? true : undefined
  )
}
