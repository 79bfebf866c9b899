import * as Http from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { type Scenario, spend } from "../Scenario.ts"
import { quantile } from "../Statistics.ts"

const timed = (agent: Http.Agent, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const request = Http.get({ host: "127.0.0.1", port, path: "/_status", agent, timeout: 10_000 }, (response) => {
      response.resume()
      response.once("end", () => resolve(performance.now() - began))
    })
    request.once("timeout", () => request.destroy(new Error("/_status did not answer within 10 s")))
    request.once("error", reject)
  })

/** How long `/_status` takes while connections send as fast as they can. */
export const statusLatency: Scenario = {
  name: "status",
  title: "/_status under load",
  unit: "ms",
  digits: 1,
  needs: ["status"],
  measure: async (bench) => {
    const { amount, load, proxy, setup } = bench
    const agent = new Http.Agent({ keepAlive: true, maxSockets: 1 })
    await load.ask(proxy.port, { kind: "saturate", mode: "S", connections: 4 * setup.workers })
    try {
      await sleep(amount(1000))
      const latencies: Array<number> = []
      const { proxy: cpu, seconds } = await spend(bench, async () => {
        for (let i = 0; i < amount(200); i++) {
          latencies.push(await timed(agent, proxy.statusPort))
          await sleep(10)
        }
      })
      return {
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
        max: quantile(latencies, 1),
        "processors in use": [cpu / seconds, "", 1]
      }
    } finally {
      agent.destroy()
      await load.ask(proxy.port, { kind: "release" })
    }
  }
}
