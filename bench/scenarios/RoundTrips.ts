import { cpuOf, type Scenario } from "../Scenario.ts"

/** Messages of 1 KiB that the backend echoes, one at a time on each of eight connections. */
export const roundTrips: Scenario = {
  name: "round-trips",
  title: "1 KiB round trip",
  unit: "CPU us",
  digits: 1,
  needsStatus: false,
  measure: async (bench) => {
    const each = bench.amount(5000)
    const exchange = (count: number) =>
      bench.load.ask(bench.proxy.port, { kind: "roundTrips", connections: 8, each: count, size: 1024 })
    await exchange(Math.ceil(each / 10))
    return { "": ((await cpuOf(bench, () => exchange(each))) * 1e6) / (8 * each) }
  }
}
