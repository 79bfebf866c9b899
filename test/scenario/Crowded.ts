/** Tunnels in front of the traffic's process. */
import { type Plan, steady } from "../../bench/traffic/Plan.ts"
import { Footprint, type Held } from "../support/Footprint.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { portOf, type Traffic, traffic } from "../support/Traffic.ts"
import type { Tunnel, TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, serverIdentity, serverTunnel } from "./Cast.ts"

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

/** Carries connections until everything that is made once is there, and tells what the tunnel holds then. */
export const warmUp = async ({ crowd, footprint, port, tunnel }: Crowded): Promise<Held> => {
  const plans = Array.from({ length: 20 }, () => exact({ client: steady(100_000), backend: steady(100_000) }))
  await crowd.ask({ kind: "plans", port, plans, parallel: plans.length, patience })
  await waitForNumbers(tunnel, { "conn.open": 0 })
  return footprint.look(tunnel)
}
