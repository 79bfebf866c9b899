import { cpuOf, type Scenario } from "../Scenario.ts"

const bulk = (name: string, title: string, mode: "S" | "G"): Scenario => ({
  name,
  title,
  unit: "CPU s/GB",
  digits: 2,
  needsStatus: false,
  measure: async (bench) => {
    const bytes = bench.amount(1e9)
    const send = (amount: number) =>
      bench.load.ask(bench.proxy.port, { kind: "bulk", mode, connections: 2 * bench.workers, bytes: amount })
    await send(bytes / 10)
    return { "": (await cpuOf(bench, () => send(bytes))) / (bytes / 1e9) }
  }
})

/** A gigabyte from clients to the backend. */
export const bulkUp = bulk("bulk-up", "bulk, client to backend", "S")

/** A gigabyte from the backend to clients. */
export const bulkDown = bulk("bulk-down", "bulk, backend to client", "G")
