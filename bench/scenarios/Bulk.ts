import { generatorShare, type Scenario, spend } from "../Scenario.ts"

const bulk = (name: string, title: string, mode: "S" | "G"): Scenario => ({
  name,
  title,
  unit: "CPU s/GB",
  digits: 2,
  needs: [],
  measure: async (bench) => {
    const bytes = bench.amount(1e9)
    const send = (amount: number) =>
      bench.load.ask(bench.proxy.port, { kind: "bulk", mode, connections: 2 * bench.setup.workers, bytes: amount })
    await send(bytes)
    const spent = await spend(bench, () => send(bytes))
    return { "": spent.proxy / (bytes / 1e9), "generator's share": generatorShare(spent) }
  }
})

/** A gigabyte from clients to the backend. */
export const bulkUp = bulk("bulk-up", "bulk, client to backend", "S")

/** A gigabyte from the backend to clients. */
export const bulkDown = bulk("bulk-down", "bulk, backend to client", "G")
