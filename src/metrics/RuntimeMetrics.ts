/**
 * The `runtime.*` metrics (docs/compatibility/status-and-metrics.md, 5.2): the Go program's names, filled with Node's closest values. Gauges
 * change once every `--metrics-interval`; garbage collections of this thread are recorded when Node reports them.
 */

import { PerformanceObserver } from "node:perf_hooks"
import { getHeapStatistics, type HeapInfo } from "node:v8"
import { Context, Duration, Effect, Layer, Metric } from "effect"
import { type Distribution, distribution } from "./Distribution.ts"
import { FiberCount } from "./FiberCount.ts"
import { Reservoir } from "./Reservoir.ts"
import { every } from "./Ticker.ts"

/** What a refresh reads. */
export interface RuntimeSources {
  readonly heap: Pick<HeapInfo, "total_heap_size" | "total_physical_size" | "used_heap_size"> & {
    readonly total_allocated_bytes?: number
  }
  /** Resident memory of the process, bytes. */
  readonly rss: number
  /** Live fibers. */
  readonly fibers: number
  readonly collections: number
  /** Time spent in garbage collection, seconds. */
  readonly pauseSeconds: number
  readonly uptimeSeconds: number
}

/** One gauge by the Go program's name; bytes, a plain number, or a fraction of 1 (`cpu-fraction`, the only non-integer). */
export type RuntimeGauge = readonly [name: string, value: number]

/** The 18 gauges. Those without a source in Node are 0. */
export const gauges = (sources: RuntimeSources): ReadonlyArray<RuntimeGauge> => {
  const { heap } = sources
  return [
    ["runtime.cgo-calls", 0],
    ["runtime.goroutines", sources.fibers],
    ["runtime.mem.alloc", heap.used_heap_size],
    ["runtime.mem.frees", 0],
    ["runtime.mem.gc.cpu-fraction", sources.uptimeSeconds > 0 ? sources.pauseSeconds / sources.uptimeSeconds : 0],
    ["runtime.mem.gc.num-gc", sources.collections],
    ["runtime.mem.heap.alloc", heap.used_heap_size],
    ["runtime.mem.heap.idle", Math.max(0, heap.total_heap_size - heap.used_heap_size)],
    ["runtime.mem.heap.inuse", heap.total_physical_size],
    ["runtime.mem.heap.objects", 0],
    ["runtime.mem.heap.released", 0],
    ["runtime.mem.heap.sys", heap.total_heap_size],
    ["runtime.mem.lookups", 0],
    ["runtime.mem.mallocs", 0],
    ["runtime.mem.stack.inuse", 0],
    ["runtime.mem.stack.sys", 0],
    ["runtime.mem.sys", sources.rss],
    ["runtime.mem.total-alloc", heap.total_allocated_bytes ?? 0]
  ]
}

/** Garbage collection pauses, nanoseconds. */
export interface GcDurations extends Distribution {
  /** The latest pause; undefined before the first. */
  readonly latest: number | undefined
}

/** Runtime metrics of the main thread. */
export class RuntimeMetrics extends Context.Service<
  RuntimeMetrics,
  {
    /** The gauges as of the latest refresh; empty before the first. */
    readonly gauges: () => ReadonlyArray<RuntimeGauge>
    /** All pauses so far. */
    readonly gcDurations: () => GcDurations
  }
>()("ghostunnel/RuntimeMetrics") {
  /**
   * Refreshes every `interval`, first one interval after the start. With a zero or negative interval it never refreshes, and
   * does not observe collections. `otherFibers`: live fibers on other threads.
   */
  static readonly layer = (
    interval: Duration.Duration,
    otherFibers: () => number = () => 0
  ): Layer.Layer<RuntimeMetrics> =>
    Layer.effect(
      RuntimeMetrics,
      Effect.gen(function* () {
        const seconds = Duration.toMillis(interval) / 1e3
        const pauses = new Reservoir(Math.random)
        let pauseSeconds = 0
        const record = (entries: ReadonlyArray<{ readonly startTime: number; readonly duration: number }>): void => {
          for (const entry of entries) {
            pauseSeconds += entry.duration / 1e3
            pauses.add(Math.round(entry.duration * 1e6), (performance.timeOrigin + entry.startTime) / 1e3)
          }
        }
        const observer = new PerformanceObserver((list) => record(list.getEntries()))
        /** Record entries that Node has queued for the observer but not delivered yet. */
        const catchUp = () => record(observer.takeRecords())
        const counted = yield* Metric.FiberRuntimeMetrics
        let current: ReadonlyArray<RuntimeGauge> = []
        const refresh = () => {
          catchUp()
          current = gauges({
            heap: getHeapStatistics(),
            rss: process.memoryUsage.rss(),
            fibers: (counted instanceof FiberCount ? counted.live : 0) + otherFibers(),
            collections: pauses.count,
            pauseSeconds,
            uptimeSeconds: process.uptime()
          })
        }
        if (seconds > 0) {
          yield* Effect.acquireRelease(
            Effect.sync(() => observer.observe({ entryTypes: ["gc"] })),
            () => Effect.sync(() => observer.disconnect())
          )
          yield* Effect.forkScoped(every(seconds, refresh))
        }
        return {
          gauges: () => current,
          gcDurations: () => {
            catchUp()
            const latest = pauses.count === 0 ? undefined : pauses.latest
            return { ...distribution(pauses.count, pauses.values()), latest }
          }
        }
      })
    )
}
