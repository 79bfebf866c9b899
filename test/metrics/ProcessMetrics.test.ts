import { assert, describe, it } from "@effect/vitest"
import { goFloat } from "../../src/metrics/Exposition.ts"
import { families, type ProcessSources, processFamilies } from "../../src/metrics/ProcessMetrics.ts"
import { golden, values } from "./Golden.ts"

const limits = `Limit                     Soft Limit           Hard Limit           Units     
Max open files            20000                40000                files     
Max address space         unlimited            unlimited            bytes     
`
/** Chosen so that the families equal the captured ones. */
const sources: ProcessSources = {
  stat: `42 (odd ) (name) S 1 42 42 0 -1 4194560 1 0 0 0 10 5 0 0 20 0 9 0 2 1854435328 7193 18446744073709551615 1 1 0`,
  systemStat: "cpu  1 2 3\nbtime 1795334557\nprocesses 5\n",
  limits,
  netstat: "TcpExt: A B\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 50831347114 50442963681\n",
  openFds: 12,
  rss: 29_462_528
}
const none: ProcessSources = {
  stat: undefined,
  systemStat: undefined,
  limits: undefined,
  netstat: undefined,
  openFds: undefined,
  rss: undefined
}
const shown = (from: ReturnType<typeof families>) =>
  new Map(from.map(({ name, samples }) => [name, goFloat(samples[0]?.value ?? Number.NaN)]))

describe("ProcessMetrics", () => {
  it("derives the captured values from /proc files", () => {
    const captured = [...values(golden("metrics.prom"))].filter(([name]) => name.startsWith("process_"))
    assert.strictEqual(captured.length, 9)
    assert.deepStrictEqual([...shown(families(sources))].toSorted(), captured.toSorted())
  })

  it("omits families whose source cannot be read", () => {
    assert.deepStrictEqual(families(none), [])
    assert.deepStrictEqual(
      families({ ...sources, stat: "garbage", limits: "", netstat: "IpExt: InOctets\n" }).map(({ name }) => name),
      ["process_open_fds", "process_resident_memory_bytes"]
    )
    assert.deepStrictEqual([...shown(families({ ...none, openFds: 3 })).keys()], ["process_open_fds"])
  })

  it.runIf(process.platform === "linux")("is plausible for this process", () => {
    const now = new Map(processFamilies().map(({ name, samples }) => [name, samples[0]?.value ?? Number.NaN]))
    assert.strictEqual(now.size, 9)
    const value = (name: string) => now.get(`process_${name}`) ?? Number.NaN
    const usage = process.cpuUsage()
    assert.closeTo(value("cpu_seconds_total"), (usage.user + usage.system) / 1e6, 0.5)
    assert.closeTo(value("start_time_seconds"), Date.now() / 1e3 - process.uptime(), 2)
    assert.isAbove(value("virtual_memory_bytes"), value("resident_memory_bytes"))
    assert.isAbove(value("open_fds"), 2)
    assert.isAbove(value("max_fds"), value("open_fds"))
  })
})
