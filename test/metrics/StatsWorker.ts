/** Test worker: records the metrics that its `workerData` asks for. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { type SharedStats, writer } from "../../src/metrics/ConnectionStats.ts"

export interface Plan {
  readonly shared: SharedStats
  /** Connections to record; each is accepted, timed twice, and closed. */
  readonly connections: number
  /** Connections to accept and leave open. */
  readonly left: number
  /** Int32 cell to increment and notify when finished. */
  readonly done: SharedArrayBuffer
  /** Keep running until terminated. */
  readonly stay: boolean
}

/** Keep the thread alive by this port, since the overflow port must not. */
const hold: MessagePort | null = parentPort
const plan: Plan = workerData
const stats = writer(plan.shared)
for (let index = 0; index < plan.connections; index++) {
  stats.add("accept.total", 1)
  stats.add("conn.open", 1)
  stats.observe("conn.handshake", index)
  stats.add(index % 3 === 0 ? "accept.error" : "accept.success", 1)
  stats.add("conn.open", -1)
  stats.observe("conn.lifetime", index)
}
for (let index = 0; index < plan.left; index++) {
  stats.add("accept.total", 1)
  stats.add("conn.open", 1)
}
if (plan.stay) hold?.on("message", () => {})
const done = new Int32Array(plan.done)
Atomics.add(done, 0, 1)
Atomics.notify(done, 0)
