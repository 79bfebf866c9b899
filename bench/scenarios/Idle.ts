import { setTimeout as sleep } from "node:timers/promises"
import { memoryKb } from "../Processes.ts"
import type { Bench, Figure, Scenario } from "../Scenario.ts"
import { descriptorLimit } from "../Sockets.ts"

/** A proxy needs two descriptors for each connection, and some for itself. */
const mostConnections = (): number => Math.floor((descriptorLimit() - 200) / 2)

/** Has so many connections open in all, each after it has echoed one byte; tells how many there are and what each adds. */
const growing = async ({ load, proxy }: Bench) => {
  await load.ask(proxy.port, { kind: "churn", connections: 100, parallel: 4 })
  await sleep(500)
  const before = memoryKb(proxy.pid)
  let open = 0
  return async (count: number) => {
    const { done, stopped } = await load.ask(proxy.port, { kind: "hold", connections: count - open })
    open += done
    await sleep(1000)
    return { open, stopped, each: (memoryKb(proxy.pid) - before) / open }
  }
}

/** Memory that a thousand open connections add. */
export const idle: Scenario = {
  name: "idle",
  title: "idle connection",
  unit: "kB",
  digits: 1,
  needs: [],
  measure: async (bench) => {
    const grow = await growing(bench)
    const { each, stopped } = await grow(bench.amount(1000))
    if (stopped !== undefined) throw new Error(`not a thousand connections: ${stopped}`)
    await bench.load.ask(bench.proxy.port, { kind: "release" })
    return { "": each }
  }
}

/** The same for eight thousand, and for ten thousand where descriptors allow; else for as many as they do allow. */
export const idleMany: Scenario = {
  name: "idle-many",
  title: "idle connection, many",
  unit: "kB",
  digits: 1,
  needs: [],
  measure: async (bench) => {
    const grow = await growing(bench)
    const most = mostConnections()
    const many = await grow(Math.min(bench.amount(8000), most))
    if (many.stopped !== undefined) throw new Error(`ended at ${many.open} connections: ${many.stopped}`)
    const all = await grow(Math.min(bench.amount(10_000), most))
    await bench.load.ask(bench.proxy.port, { kind: "release" })
    const reached = (count: number): Figure => [count, "connections", 0]
    return {
      "8,000": many.each,
      "8,000, reached": reached(many.open),
      "10,000": all.each,
      "10,000, reached": reached(all.open)
    }
  }
}
