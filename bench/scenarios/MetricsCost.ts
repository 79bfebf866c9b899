import type { Load } from "../load/Peers.ts"
import { cpuSeconds } from "../Processes.ts"
import type { Figure, Scenario } from "../Scenario.ts"
import { median } from "../Statistics.ts"
import type { Running } from "../Subject.ts"

/** Pairs of measurements: enough for an interval around the median. */
const enough = 24

const ratio = (value: number): Figure => [value, "ratio", 3]

/** The median, and the two ranks between which the true one lies with 95 % confidence. */
const medianWithInterval = (values: ReadonlyArray<number>) => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN
  const reach = (1.96 * Math.sqrt(sorted.length)) / 2
  return {
    median: median(values),
    low: at(Math.floor(sorted.length / 2 - reach)),
    high: at(Math.ceil(sorted.length / 2 + reach) - 1)
  }
}

const spent = async (proxy: Running, work: () => Promise<unknown>): Promise<number> => {
  const before = cpuSeconds(proxy.pid)
  await work()
  return cpuSeconds(proxy.pid) - before
}

/**
 * What counting costs: the CPU of a tunnel with a status port for each CPU second of one without, in interleaved pairs;
 * both run at the same time and take turns in going first.
 */
export const metricsCost: Scenario = {
  name: "metrics-cost",
  title: "metrics on / off",
  unit: "",
  digits: 0,
  needs: ["status"],
  measure: async ({ amount, load, proxy, startAnother }) => {
    const silent = await startAnother({ without: ["--status"] })
    const pairs = Math.min(enough, amount(8 * enough))
    const compare = async (work: (load: Load, port: number) => Promise<unknown>) => {
      for (const each of [proxy, silent]) await work(load, each.port)
      const ratios: Array<number> = []
      for (let pair = 0; pair < pairs; pair++) {
        const seconds = new Map<Running, number>()
        for (const each of pair % 2 === 0 ? [proxy, silent] : [silent, proxy]) {
          seconds.set(each, await spent(each, () => work(load, each.port)))
        }
        ratios.push((seconds.get(proxy) ?? 0) / (seconds.get(silent) ?? 0))
      }
      return medianWithInterval(ratios)
    }
    try {
      const churn = await compare((generator, port) =>
        generator.ask(port, { kind: "churn", connections: amount(400), parallel: 4 })
      )
      const trips = await compare((generator, port) =>
        generator.ask(port, { kind: "roundTrips", connections: 8, each: amount(2000), size: 1024 })
      )
      return {
        "churn, median": ratio(churn.median),
        "churn, 95 % from": ratio(churn.low),
        "churn, 95 % to": ratio(churn.high),
        "round trips, median": ratio(trips.median),
        "round trips, 95 % from": ratio(trips.low),
        "round trips, 95 % to": ratio(trips.high)
      }
    } finally {
      await silent.stop()
    }
  }
}
