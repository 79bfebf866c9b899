import { cpuOf, type Scenario } from "../Scenario.ts"

/** Connections one after the other on four lanes: full mTLS handshake, one byte echoed, close; no resumption. */
export const connections: Scenario = {
  name: "connections",
  title: "connection",
  unit: "CPU ms",
  digits: 2,
  needsStatus: false,
  measure: async (bench) => {
    const count = bench.amount(1500)
    const churn = (amount: number) =>
      bench.load.ask(bench.proxy.port, { kind: "churn", connections: amount, parallel: 4 })
    await churn(Math.ceil(count / 5))
    return { "": ((await cpuOf(bench, () => churn(count))) * 1e3) / count }
  }
}
