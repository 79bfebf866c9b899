import { setTimeout as sleep } from "node:timers/promises"
import type { Figures, Scenario } from "../Scenario.ts"
import { quantile } from "../Statistics.ts"

const directions = [
  ["sending", "S"],
  ["receiving", "G"]
] as const

/**
 * Round trips of 1 KiB on one connection, 500 a second, while another connection carries as much as it can through the same
 * single worker. A second load generator makes them, and in turn as many plaintext ones to the backend itself: what those
 * take is the machine's and the backend's part.
 */
export const interference: Scenario = {
  name: "interference",
  title: "round trip beside bulk",
  unit: "ms",
  digits: 2,
  needs: [],
  measure: async ({ amount, backend, load, probe, startAnother }) => {
    const figures: Record<string, Figures[string]> = {}
    const proxy = await startAnother({ setup: { workers: 1 } })
    try {
      for (const [word, mode] of directions) {
        await load.ask(proxy.port, { kind: "saturate", mode, connections: 1 })
        await sleep(amount(1000))
        const samples = amount(1500)
        const pace = { kind: "pace", connections: 1, samples, directPort: backend.port } as const
        const { direct, through } = await probe.ask(proxy.port, pace)
        await load.ask(proxy.port, { kind: "release" })
        figures[`${word}, p50`] = quantile(through, 0.5)
        figures[`${word}, p99`] = quantile(through, 0.99)
        figures[`${word}, direct p99`] = [quantile(direct, 0.99), "ms", 2]
      }
    } finally {
      await proxy.stop()
    }
    return figures
  }
}
