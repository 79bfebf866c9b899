import { generatorShare, type Scenario, spend } from "../Scenario.ts"

/** Connections one after the other on four lanes: full mTLS handshake, one byte echoed, close; no resumption. */
export const connections: Scenario = {
  name: "connections",
  title: "connection",
  unit: "CPU ms",
  digits: 2,
  needs: [],
  measure: async (bench) => {
    const count = bench.amount(1500)
    const churn = (amount: number) =>
      bench.load.ask(bench.proxy.port, { kind: "churn", connections: amount, parallel: 4 })
    await churn(Math.ceil(count / 5))
    const spent = await spend(bench, () => churn(count))
    return { "": (spent.proxy * 1e3) / count, "generator's share": generatorShare(spent) }
  }
}
