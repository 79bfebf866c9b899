/** Metrics whose values are kept elsewhere and read on demand: data path totals, capacity, threads, the process. */
import { PerformanceObserver } from "node:perf_hooks"
import { getHeapStatistics } from "node:v8"
import { Effect, type Scope } from "effect"
import type { ConnectionStats, StatsReader } from "../metrics/ConnectionStats.ts"
import { loopFacts, meterLoop } from "../metrics/LoopMeter.ts"
import { processFamilies } from "../metrics/ProcessMetrics.ts"
import { pauses, runtimeNames, type tunnelNames } from "./Names.ts"
import type { Registry } from "./Registry.ts"

/** How many connections a tunnel may have at a time. */
export interface SlotFacts {
  /** 0: no limit. */
  readonly maxConcurrentConnections: number
  readonly slotsTaken: () => number
}

/** Facts of a data plane besides its connections. */
export interface PlaneFacts {
  /** Worker threads; 0 if the main thread carries the connections. */
  readonly workers: number
  readonly threads: () => { readonly replaced: number }
}

/** How long an expensive value is reused, in milliseconds: long enough for one snapshot. */
const shortly = 50

const remembered = <A>(read: () => A): (() => A) => {
  let at = Number.NEGATIVE_INFINITY
  let last: A | undefined
  return () => {
    const now = performance.now()
    if (last === undefined || now - at > shortly) {
      last = read()
      at = now
    }
    return last
  }
}

/** Registers the totals of the data path. */
export const registerTunnel = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  stats: StatsReader,
  build: Readonly<Record<string, string>>
): void => {
  registry.counted(names.accepted, () => stats.read("accept.total"))
  registry.counted(names.established, () => stats.read("accept.success"))
  registry.gauge(names.active, () => stats.read("conn.open"))
  for (const direction of ["forwarded", "returned"] as const) {
    registry.counted(names.carried, () => stats.carried(direction), { direction })
  }
  registry.gauge(names.build, () => 1, build)
}

/** Registers a tunnel's capacity, if it is limited. */
export const registerSlots = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  { maxConcurrentConnections, slotsTaken }: SlotFacts
): void => {
  if (maxConcurrentConnections <= 0) return
  registry.gauge(names.slots, () => maxConcurrentConnections)
  registry.gauge(names.slotsUsed, slotsTaken)
}

/** Registers threads. */
export const registerPlane = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  stats: ConnectionStats["Service"],
  plane: PlaneFacts
): void => {
  registry.gauge(names.workers, () => plane.workers)
  registry.counted(names.workersReplaced, () => plane.threads().replaced)
  for (let thread = 0; thread < plane.workers; thread++) {
    const labels = { thread: `worker-${thread + 1}` }
    registry.gauge(names.lag, () => stats.loop(thread).lag, labels)
    registry.gauge(names.utilization, () => stats.loop(thread).utilization, labels)
  }
}

const collectionKinds: ReadonlyMap<number, string> = new Map([
  [1, "minor"],
  [2, "minor_mark_sweep"],
  [4, "major"],
  [8, "incremental"],
  [16, "weak_callbacks"]
])

/**
 * Registers metrics of the process and of its main thread. Observes its event loop and garbage collections while the scope is
 * open.
 */
export const registerRuntime = Effect.fnUntraced(function* (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  fibers: () => number
): Effect.fn.Return<void, never, Scope.Scope> {
  const loop = new Float64Array(2)
  yield* meterLoop(loop)
  registry.gauge(names.lag, () => loopFacts(loop).lag, { thread: "main" })
  registry.gauge(names.utilization, () => loopFacts(loop).utilization, { thread: "main" })
  const process_ = remembered(processFamilies)
  for (const { help, name, type } of process_()) {
    const read = () => process_().find((family) => family.name === name)?.samples[0]?.value ?? Number.NaN
    if (type === "counter") registry.counted({ name: name.replace(/_total$/, ""), help }, read)
    else registry.gauge({ name, help }, read)
  }
  const heap = remembered(getHeapStatistics)
  registry.gauge(runtimeNames.heapTotal, () => heap().total_heap_size)
  registry.gauge(runtimeNames.heapUsed, () => heap().used_heap_size)
  registry.gauge(runtimeNames.external, () => heap().external_memory)
  registry.gauge(runtimeNames.fibers, fibers)
  registry.gauge(runtimeNames.version, () => 1, { version: `v${process.versions.node}` })
  const collections = registry.histogram(runtimeNames.collections, pauses)
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const detail: unknown = Reflect.get(entry, "detail")
      const kind: unknown = typeof detail === "object" && detail !== null ? Reflect.get(detail, "kind") : undefined
      const label = typeof kind === "number" ? collectionKinds.get(kind) : undefined
      collections.record(entry.duration / 1000, { kind: label ?? "other" })
    }
  })
  observer.observe({ entryTypes: ["gc"] })
  yield* Effect.addFinalizer(() => Effect.sync(() => observer.disconnect()))
})
