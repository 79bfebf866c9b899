import type { Scenario } from "../Scenario.ts"
import { connectionsByQueue } from "../Sockets.ts"

/** How evenly a thousand connections are spread over the workers, by what each worker's event queue watches. */
export const spread: Scenario = {
  name: "spread",
  title: "1,000 connections",
  unit: "",
  digits: 0,
  needs: ["workers"],
  measure: async ({ amount, load, proxy, setup: { workers } }) => {
    const count = amount(1000)
    const { done, stopped } = await load.ask(proxy.port, { kind: "hold", connections: count })
    if (stopped !== undefined) throw new Error(`ended at ${done} connections: ${stopped}`)
    const counts = connectionsByQueue(proxy.pid, proxy.port)
    await load.ask(proxy.port, { kind: "release" })
    const seen = counts.reduce((sum, each) => sum + each, 0)
    if (seen !== count) throw new Error(`the kernel tells of ${seen} connections, not ${count}: ${counts.join(", ")}`)
    const share = count / workers
    const all = Array.from({ length: workers }, (_, worker) => counts[worker] ?? 0)
    return {
      "busiest worker": [Math.max(...all), "connections", 0],
      "furthest from an equal share": [Math.max(...all.map((each) => (100 * Math.abs(each - share)) / share)), "%", 1]
    }
  }
}
