import type { Figures, Scenario } from "../Scenario.ts"
import { quantile } from "../Statistics.ts"

/**
 * What the proxy adds to a round trip of 1 KiB while nothing is loaded: 500 a second over all connections, through the proxy
 * (TLS to it, plaintext behind it), less as many plaintext ones to the backend itself in the same seconds.
 */
export const latency: Scenario = {
  name: "latency",
  title: "latency",
  unit: "us",
  digits: 0,
  needs: [],
  measure: async ({ amount, backend, load, proxy }) => {
    const figures: Record<string, Figures[string]> = {}
    await load.ask(proxy.port, { kind: "roundTrips", connections: 8, each: amount(1000), size: 1024 })
    for (const connections of [1, 16, 256]) {
      const { direct, through } = await load.ask(proxy.port, {
        kind: "pace",
        connections,
        samples: amount(1500),
        directPort: backend.port
      })
      const name = connections === 1 ? "1 connection" : `${connections} connections`
      for (const [word, part] of [
        ["p50", 0.5],
        ["p99", 0.99]
      ] as const) {
        figures[`${name}, added ${word}`] = (quantile(through, part) - quantile(direct, part)) * 1e3
      }
      figures[`${name}, direct p50`] = [quantile(direct, 0.5) * 1e3, "us", 0]
      figures[`${name}, direct p99`] = [quantile(direct, 0.99) * 1e3, "us", 0]
    }
    return figures
  }
}
