import { generatorShare, type Scenario, spend } from "../Scenario.ts"

/** Messages of 1 KiB that the backend echoes, one at a time on each of eight connections. */
export const roundTrips: Scenario = {
  name: "round-trips",
  title: "1 KiB round trip",
  unit: "CPU us",
  digits: 1,
  needs: [],
  measure: async (bench) => {
    const each = bench.amount(5000)
    const exchange = (count: number) =>
      bench.load.ask(bench.proxy.port, { kind: "roundTrips", connections: 8, each: count, size: 1024 })
    await exchange(each)
    const spent = await spend(bench, () => exchange(each))
    return { "": (spent.proxy * 1e6) / (8 * each), "generator's share": generatorShare(spent) }
  }
}
