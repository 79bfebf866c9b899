import { cpuSeconds } from "../Processes.ts"
import type { Scenario } from "../Scenario.ts"

/** Names and URI patterns that nobody has: half of each. */
const strangers: ReadonlyArray<string> = Array.from({ length: 999 }, (_, n) =>
  n % 2 === 0 ? `--allow-cn=service-${n}.example` : `--allow-uri=spiffe://bench/*/service-${n}`
)

const chunks = 6

/**
 * Connections as in `connections`, judged by one rule and by a thousand. Both tunnels run at the same time and are asked in
 * turn, so that what else the machine does falls on both.
 */
export const rules: Scenario = {
  name: "rules",
  title: "connection by rules",
  unit: "CPU ms",
  digits: 2,
  // Only programs with this command line have a status port, and only they have these rules.
  needs: ["status"],
  measure: async ({ amount, load, proxy, startAnother }) => {
    const many = await startAnother({ words: strangers })
    try {
      const count = Math.ceil(amount(1800) / chunks)
      const churn = (port: number) => load.ask(port, { kind: "churn", connections: count, parallel: 4 })
      const spent = new Map([proxy, many].map((each) => [each, 0]))
      for (const each of spent.keys()) await churn(each.port)
      for (let chunk = 0; chunk < chunks; chunk++) {
        for (const each of chunk % 2 === 0 ? [proxy, many] : [many, proxy]) {
          const before = cpuSeconds(each.pid)
          await churn(each.port)
          spent.set(each, (spent.get(each) ?? 0) + cpuSeconds(each.pid) - before)
        }
      }
      const [one = Number.NaN, thousand = Number.NaN] = [...spent.values()].map(
        (seconds) => (seconds * 1e3) / (chunks * count)
      )
      return { one, "a thousand": thousand, "a thousand to one": [thousand / one, "ratio", 2] }
    } finally {
      await many.stop()
    }
  }
}
