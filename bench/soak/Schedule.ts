/** Runs a soak: laps of disturbed traffic, each followed by a pause and a sample of the tunnel. */
import { setTimeout as sleep } from "node:timers/promises"
import { type Plan, steady } from "../traffic/Plan.ts"
import { type Disturbed, disturb } from "./Disturbances.ts"
import type { Findings, Sample } from "./Judgement.ts"
import { type Look, look, lookUntil, openConnections } from "./Look.ts"
import type { Options } from "./Options.ts"

/** Laps of a short soak; a longer one has more laps of the same length. */
const fewestLaps = 16
const lapConnections = 1_250
const lapMillis = 20_000

/** Approximate number of lines in a table. */
const rows = 40

const warmUpConnections = 400
const parallel = 48

/** Milliseconds after which an open connection counts as stuck: longer than any timeout of the tunnel. */
const restPatience = 45_000

const millis = (): number => performance.now()

/** Waits until no connection is open; returns the tunnel's count if that does not happen. */
const rest = async ({ account, tunnel }: Disturbed): Promise<number> => {
  for (const began = millis(); ; ) {
    const { backendOpen, flowing, silent } = await account.ask({ kind: "state" })
    const open = await openConnections(tunnel)
    if (open + backendOpen + flowing + silent === 0) return 0
    if (millis() - began > restPatience) return Math.max(open, backendOpen, 1)
    await sleep(50)
  }
}

/** Disturbed traffic of a number of connections, limited in time (milliseconds). */
const lap = async (disturbed: Disturbed, options: Options, number: number, connections: number, longest: number) => {
  const { account, port } = disturbed
  const seed = options.seed + number * 10_000
  const stop = new AbortController()
  const flow = async () => {
    try {
      await account.ask({ kind: "flow", port, seed, faults: true, parallel, connections, small: options.small })
      for (const began = millis(); millis() - began < longest; ) {
        await sleep(50)
        if ((await account.ask({ kind: "state" })).flowing === 0) break
      }
      await account.ask({ kind: "halt" })
    } finally {
      stop.abort()
    }
  }
  await Promise.all([flow(), disturb(disturbed, seed, stop.signal)])
}

const side = steady(50_000)
const sound: Plan = { client: side, backend: side, first: "client", fault: undefined, version: "TLSv1.3" }

/** Whether connections without a fault succeed. */
const serves = async ({ account, port }: Disturbed): Promise<boolean> => {
  const plans = Array.from({ length: 20 }, () => sound)
  const { exact } = await account.ask({ kind: "plans", port, plans, parallel: plans.length, patience: 20_000 })
  return exact === plans.length
}

/** Runs the soak; reports about forty samples as they are taken. */
export const runSchedule = async (
  disturbed: Disturbed,
  options: Options,
  tell: (sample: Sample) => void
): Promise<Omit<Findings, "exit" | "stderr">> => {
  const { account, tunnel } = disturbed
  const began = millis()
  const wanted = options.connections ?? Number.POSITIVE_INFINITY
  const wantedMillis = (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  const progress = () => Math.max(account.connections / wanted, (millis() - began) / wantedMillis)
  const sampled = (seen: Look): Sample => {
    const { connections, cut, exact, unserved } = account
    const seconds = (millis() - began) / 1000
    return { seconds, connections, ...seen, reloads: tunnel.reloads, exact, cut, unserved }
  }

  await lap(disturbed, options, 0, Math.min(warmUpConnections, Math.ceil(wanted / 4)), wantedMillis / 4)
  let open = await rest(disturbed)
  const before = sampled(await look(tunnel))
  tell(before)

  const most = Math.min(lapConnections, Math.ceil((wanted - account.connections) / fewestLaps))
  const longest = Math.min(lapMillis, (wantedMillis - (millis() - began)) / fewestLaps)
  const samples: Array<Sample> = []
  let told = progress()
  while (open === 0 && progress() < 1) {
    await lap(disturbed, options, samples.length + 1, Math.min(most, wanted - account.connections), longest)
    open = await rest(disturbed)
    const sample = sampled(await look(tunnel))
    samples.push(sample)
    if (progress() - told < 1 / rows) continue
    tell(sample)
    told = progress()
  }

  const well = await serves(disturbed)
  open ||= await rest(disturbed)
  const after = sampled(await lookUntil(tunnel, before))
  tell(after)
  const { broken, refused, strays } = account
  const threads = options.workers + 1
  return {
    threads,
    before,
    samples,
    after,
    open,
    broken,
    strays,
    refused,
    failedReloads: tunnel.failedReloads,
    serves: well
  }
}
