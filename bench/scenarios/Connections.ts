import { generatorShare, type Scenario, spend } from "../Scenario.ts"

/** Connections one after the other on four lanes: full mTLS handshake, one byte echoed, close; no resumption. */
export const connections: Scenario = {
  name: "connections",
  title: "connection",
  unit: "CPU ms",
  digits: 2,
  needs: [],
  measure: async (bench) => {
    const count = bench.amount(3000)
    const churn = (amount: number) =>
      bench.load.ask(bench.proxy.port, { kind: "churn", connections: amount, parallel: 4 })
    // A service runs for days: whatever gets faster by being compiled while it runs has done so.
    await churn(count)
    const spent = await spend(bench, () => churn(count))
    return { "": (spent.proxy * 1e3) / count, "generator's share": generatorShare(spent) }
  }
}
