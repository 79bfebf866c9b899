/** Samples a running tunnel's resources from the kernel and its status port. */
import * as Fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { get } from "../../tools/demo/Requests.ts"
import type { Tunnel } from "./Tunnel.ts"

/** One sample. */
export interface Look {
  readonly descriptors: number
  readonly fibers: number
  /** Private dirty memory, in MiB. */
  readonly memory: number
}

const found = (pattern: RegExp, text: string): number => {
  const value = Number(pattern.exec(text)?.[1] ?? Number.NaN)
  if (Number.isNaN(value)) throw new Error(`no ${pattern} in: ${text}`)
  return value
}

const status = async ({ statusPort }: Tunnel, path: string): Promise<string> =>
  (await get(`http://127.0.0.1:${statusPort}${path}`)).body

/** Open connections by its own count. */
export const openConnections = async (tunnel: Tunnel): Promise<number> =>
  found(/^ghostunnel_conn_open (\d+)/m, await status(tunnel, "/_metrics/prometheus"))

const glance = async (tunnel: Tunnel): Promise<Look> => {
  const fibers = found(/^goroutine profile: total (\d+)$/m, await status(tunnel, "/debug/pprof/goroutine?debug=1"))
  const rollup = Fs.readFileSync(`/proc/${tunnel.pid}/smaps_rollup`, "utf8")
  return {
    descriptors: Fs.readdirSync(`/proc/${tunnel.pid}/fd`).length,
    fibers,
    memory: found(/^Private_Dirty:\s+(\d+) kB$/m, rollup) / 1024
  }
}

/** The minimum of several readings: each opens a connection to the status port, and may count the previous one. */
export const look = async (tunnel: Tunnel): Promise<Look> => {
  // Collect garbage on every thread first, so that only live memory is measured.
  await status(tunnel, "/debug/pprof/heap?gc=1")
  let least = await glance(tunnel)
  for (let again = 0; again < 3; again++) {
    await sleep(30)
    const next = await glance(tunnel)
    least = {
      descriptors: Math.min(least.descriptors, next.descriptors),
      fibers: Math.min(least.fibers, next.fibers),
      memory: Math.min(least.memory, next.memory)
    }
  }
  return least
}

/** Samples until descriptors and fibers are back to their earlier counts, for at most ten seconds. */
export const lookUntil = async (tunnel: Tunnel, before: Look): Promise<Look> => {
  for (let left = 40; ; left--) {
    const now = await look(tunnel)
    if (left === 0 || (now.descriptors <= before.descriptors && now.fibers <= before.fibers)) return now
    await sleep(150)
  }
}
