/** The course of a soak: laps of disturbed traffic, and a rest with a look at the tunnel after each. */
import { setTimeout as sleep } from "node:timers/promises"
import { type Plan, steady } from "../traffic/Plan.ts"
import { type Disturbed, disturb } from "./Disturbances.ts"
import type { Findings, Sample } from "./Judgement.ts"
import { type Look, look, lookUntil, openConnections } from "./Look.ts"
import type { Options } from "./Options.ts"

/** Laps of a short soak; a longer one has more, none longer than these. */
const fewestLaps = 16
const lapConnections = 2_500
const lapMillis = 20_000

const warmUpConnections = 400
const parallel = 48

/** Milliseconds until what still is open is taken for stuck: longer than any timeout of the tunnel. */
const restPatience = 45_000

const millis = (): number => performance.now()

/** Waits until nothing is open any more; tells how many connections the tunnel still counts when that does not happen. */
const rest = async ({ account, tunnel }: Disturbed): Promise<number> => {
  for (const began = millis(); ; ) {
    const { backendOpen, flowing, silent } = await account.ask({ kind: "state" })
    const open = await openConnections(tunnel)
    if (open + backendOpen + flowing + silent === 0) return 0
    if (millis() - began > restPatience) return Math.max(open, backendOpen, 1)
    await sleep(50)
  }
}

/** Traffic for so long or so many connections, disturbed. */
const lap = async (disturbed: Disturbed, options: Options, number: number, connections: number, length: number) => {
  const { account, port } = disturbed
  const seed = options.seed + number * 10_000
  const stop = new AbortController()
  const disturbing = disturb(disturbed, seed, stop.signal)
  try {
    await account.ask({ kind: "flow", port, seed, faults: true, parallel, connections, small: options.small })
    for (const began = millis(); millis() - began < length; ) {
      await Promise.race([sleep(50), disturbing])
      if ((await account.ask({ kind: "state" })).flowing === 0) break
    }
    await account.ask({ kind: "halt" })
  } finally {
    stop.abort()
  }
  await disturbing
}

const side = steady(50_000)
const sound: Plan = { client: side, backend: side, first: "client", fault: undefined, version: "TLSv1.3" }

/** Whether connections without a fault go through. */
const serves = async ({ account, port }: Disturbed): Promise<boolean> => {
  const plans = Array.from({ length: 20 }, () => sound)
  const { exact } = await account.ask({ kind: "plans", port, plans, parallel: plans.length, patience: 20_000 })
  return exact === plans.length
}

/** Runs it; tells every sample as soon as it is there. */
export const runCourse = async (
  disturbed: Disturbed,
  options: Options,
  tell: (sample: Sample) => void
): Promise<Omit<Findings, "exit" | "stderr">> => {
  const { account, tunnel } = disturbed
  const began = millis()
  const sampled = (seen: Look): Sample => {
    const { connections, cut, exact, unserved } = account
    const sample = {
      seconds: (millis() - began) / 1000,
      connections,
      ...seen,
      reloads: tunnel.reloads,
      exact,
      cut,
      unserved
    }
    tell(sample)
    return sample
  }
  const wanted = options.connections ?? Number.POSITIVE_INFINITY
  const wantedMillis = (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  await lap(disturbed, options, 0, Math.min(warmUpConnections, Math.ceil(wanted / 4)), wantedMillis / 4)
  let open = await rest(disturbed)
  const before = sampled(await look(tunnel))

  const most = Math.min(lapConnections, Math.ceil((wanted - account.connections) / fewestLaps))
  const longest = Math.min(lapMillis, (wantedMillis - (millis() - began)) / fewestLaps)
  const samples: Array<Sample> = []
  while (open === 0 && account.connections < wanted && millis() - began < wantedMillis) {
    const connections = Math.min(most, wanted - account.connections)
    await lap(disturbed, options, samples.length + 1, connections, longest)
    open = await rest(disturbed)
    samples.push(sampled(await look(tunnel)))
  }

  const well = await serves(disturbed)
  open ||= await rest(disturbed)
  const after = sampled(await lookUntil(tunnel, before))
  const { broken, refused, strays } = account
  return { before, samples, after, open, broken, strays, refused, failedReloads: tunnel.failedReloads, serves: well }
}
