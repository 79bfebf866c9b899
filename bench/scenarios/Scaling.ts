import * as Os from "node:os"
import { rsaServer } from "../RsaCertificate.ts"
import { type Bench, type Figures, generatorShare, type Scenario, type Spent, spend, total } from "../Scenario.ts"
import type { Changes, Running } from "../Subject.ts"

const chunks = 4

/** Gives the same work to a proxy with one worker and to one with two, in turn; answers with what each of them did. */
const compare = async <A>(
  { startAnother }: Bench,
  setup: Changes["setup"],
  work: (proxy: Running) => Promise<A>
): Promise<readonly [one: ReadonlyArray<A>, two: ReadonlyArray<A>]> => {
  const running: Array<Running> = []
  try {
    for (const workers of [1, 2]) running.push(await startAnother({ setup: { ...setup, workers } }))
    const results = running.map((proxy) => ({ proxy, list: [] as A[] }))
    for (const { proxy } of results) await work(proxy)
    for (let chunk = 0; chunk < chunks; chunk++) {
      for (const { list, proxy } of chunk % 2 === 0 ? results : results.toReversed()) list.push(await work(proxy))
    }
    return [results[0]?.list ?? [], results[1]?.list ?? []]
  } finally {
    await Promise.all(running.map((proxy) => proxy.stop()))
  }
}

const perSecond = (connections: number): readonly [number, string, number] => [connections, "a second", 0]

/** What a second of all processors is enough for: connections a second if none of them were ever idle. */
const ceiling = ({ backend, generator, proxy }: Spent, connections: number): number =>
  (Os.availableParallelism() * connections) / (proxy + generator + backend)

/**
 * Connections a second with one worker and with two, where the proxy's own work dominates: its key is RSA-4096, and clients
 * show no certificate, verify nothing and close at once. Where generator, backend and proxy share two processors, two workers
 * cannot have them both: the ratio that would leave no processor idle is told beside.
 */
export const scaling: Scenario = {
  name: "scaling",
  title: "RSA-4096 connections",
  unit: "",
  digits: 2,
  needs: ["workers"],
  measure: async (bench): Promise<Figures> => {
    const certificates = { ...bench.setup.certificates, server: await rsaServer(bench.setup) }
    const millis = Math.max(300, bench.amount(2000))
    const [one, two] = await compare(bench, { certificates, verifyClients: false }, async (proxy) => {
      let done = 0
      const spent = await spend(
        bench,
        async () => {
          const outcome = await bench.load.ask(proxy.port, { kind: "churnFor", millis, parallel: 24 })
          done = outcome.done
        },
        proxy
      )
      return { done, spent }
    })
    const count = (list: typeof one) => list.reduce((sum, { done }) => sum + done, 0)
    const rate = (list: typeof one) => count(list) / ((list.length * millis) / 1000)
    const spentBy = (list: typeof one) => total(list.map(({ spent }) => spent))
    return {
      "one worker": perSecond(rate(one)),
      "two workers": perSecond(rate(two)),
      "two to one": [rate(two) / rate(one), "ratio", 2],
      "two to one, no processor idle": [ceiling(spentBy(two), count(two)) / rate(one), "ratio", 2],
      "one worker, generator's share": generatorShare(spentBy(one)),
      "two workers, generator's share": generatorShare(spentBy(two))
    }
  }
}

/** Handshakes for each CPU second of the proxy, with P-256 and client certificates: what a second worker adds in overhead. */
export const scalingMtls: Scenario = {
  name: "scaling-mtls",
  title: "handshakes a CPU second",
  unit: "",
  digits: 0,
  needs: ["workers"],
  measure: async (bench): Promise<Figures> => {
    const connections = bench.amount(600)
    const [one, two] = await compare(bench, {}, (proxy) =>
      spend(bench, () => bench.load.ask(proxy.port, { kind: "churn", connections, parallel: 8 }), proxy)
    )
    const rate = (list: typeof one) => (list.length * connections) / total(list).proxy
    return {
      "one worker": [rate(one), "", 0],
      "two workers": [rate(two), "", 0],
      "two to one": [rate(two) / rate(one), "ratio", 2],
      "two workers, generator's share": generatorShare(total(two))
    }
  }
}
