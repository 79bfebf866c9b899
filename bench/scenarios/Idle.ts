import { setTimeout as sleep } from "node:timers/promises"
import { memoryKb } from "../Processes.ts"
import type { Scenario } from "../Scenario.ts"

/** Memory that a thousand open connections add, after each has echoed one byte. */
export const idle: Scenario = {
  name: "idle",
  title: "idle connection",
  unit: "kB",
  digits: 1,
  needsStatus: false,
  measure: async ({ proxy, load, amount }) => {
    const count = amount(1000)
    await load.ask(proxy.port, { kind: "churn", connections: Math.ceil(count / 10), parallel: 4 })
    await sleep(500)
    const before = memoryKb(proxy.pid)
    await load.ask(proxy.port, { kind: "hold", connections: count })
    await sleep(1000)
    const after = memoryKb(proxy.pid)
    await load.ask(proxy.port, { kind: "release" })
    return { "": (after - before) / count }
  }
}
