import { type Figures, generatorShare, type Scenario, type Spent, spend, total } from "../Scenario.ts"

const steps: ReadonlyArray<number> = [1, 10, 100, 1000, 8000]

/** The largest factor by which the cost rises from one step to any later one, from ten connections on. */
const largestRise = (costs: ReadonlyArray<number>): number => {
  const counted = costs.slice(steps.indexOf(10))
  return Math.max(...counted.flatMap((cost, step) => counted.slice(step).map((later) => later / cost)))
}

/** CPU time of a round trip of 1 KiB by the number of connections, every one of which has a message under way all the time. */
export const growth: Scenario = {
  name: "growth",
  title: "round trip, connections",
  unit: "CPU us",
  digits: 1,
  needs: [],
  measure: async (bench) => {
    const { amount, load, proxy } = bench
    const figures: Record<string, Figures[string]> = {}
    const costs: Array<number> = []
    const parts: Array<Spent> = []
    let open = 0
    await load.ask(proxy.port, { kind: "roundTrips", connections: 8, each: amount(2000), size: 1024 })
    for (const step of steps) {
      const count = step <= 10 ? step : amount(step)
      const { done, stopped } = await load.ask(proxy.port, { kind: "hold", connections: count - open })
      open += done
      if (stopped !== undefined) throw new Error(`ended at ${open} connections: ${stopped}`)
      let trips = 0
      // Once unmeasured: first messages make buffers.
      await load.ask(proxy.port, { kind: "exchange", trips: open, size: 1024 })
      const spent = await spend(bench, async () => {
        trips = (await load.ask(proxy.port, { kind: "exchange", trips: amount(32_000), size: 1024 })).done
      })
      parts.push(spent)
      costs.push((spent.proxy * 1e6) / trips)
      figures[`${step.toLocaleString("en")}`] = costs.at(-1) ?? Number.NaN
    }
    await load.ask(proxy.port, { kind: "release" })
    return {
      ...figures,
      "largest rise from 10 on": [largestRise(costs), "ratio", 2],
      "generator's share": generatorShare(total(parts))
    }
  }
}
