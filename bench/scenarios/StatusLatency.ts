import * as Http from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { cpuOf, type Scenario } from "../Scenario.ts"

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

const quantile = (sorted: ReadonlyArray<number>, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN

/** How long `/_status` takes while connections send as fast as they can. The goal for the 99th percentile is 50 ms. */
export const statusLatency: Scenario = {
  name: "status",
  title: "/_status under load",
  unit: "ms",
  digits: 1,
  needsStatus: true,
  measure: async (bench) => {
    const { proxy, load, workers, amount } = bench
    const agent = new Http.Agent({ keepAlive: true, maxSockets: 1 })
    await load.ask(proxy.port, { kind: "saturate", connections: 4 * workers })
    try {
      await sleep(amount(1000))
      const latencies: Array<number> = []
      const began = performance.now()
      const cpu = await cpuOf(bench, async () => {
        for (let i = 0; i < amount(200); i++) {
          latencies.push(await timed(agent, proxy.statusPort))
          await sleep(10)
        }
      })
      latencies.sort((a, b) => a - b)
      return {
        p50: quantile(latencies, 0.5),
        "p99 (goal: 50)": quantile(latencies, 0.99),
        max: quantile(latencies, 1),
        "processors in use": (cpu * 1000) / (performance.now() - began)
      }
    } finally {
      agent.destroy()
      await load.ask(proxy.port, { kind: "release" })
    }
  }
}
