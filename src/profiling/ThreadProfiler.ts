/** Profiles the thread it runs on: CPU, heap, event loop and fibers. Loaded only if profiling is on. */
import { type HeapProfiler, Session } from "node:inspector/promises"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { getHeapStatistics, startCpuProfile } from "node:v8"
import { FiberWatch } from "./FiberWatch.ts"
import {
  CPU_INTERVAL_MILLIS,
  type CpuHandle,
  HEAP_INTERVAL_BYTES,
  type HeapSize,
  type LoopDelay,
  type ProfiledThread,
  type Question,
  type ThreadReport
} from "./ProfiledThread.ts"
import { fromHeap } from "./V8Profiles.ts"

/** A thread that measures itself. */
export interface ThreadProfiler extends ProfiledThread {
  /** The scheduler to provide to all fibers that should be listed. */
  readonly watch: FiberWatch
  /** Stops all sampling. */
  readonly close: () => void
}

const nothing: ThreadReport = { profile: { frames: [], samples: [] }, heap: undefined, fibers: [], delay: undefined }

const plain: HeapProfiler.StartSamplingParameterType = { samplingInterval: HEAP_INTERVAL_BYTES }
const withTheDead = {
  ...plain,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true
}

const heapSize = (): HeapSize => {
  const { used_heap_size, total_heap_size, heap_size_limit, external_memory } = getHeapStatistics()
  return { used: used_heap_size, total: total_heap_size, limit: heap_size_limit, external: external_memory }
}

/** Samples this thread's CPU until told to stop. */
const startCpu = (samples: number): Promise<CpuHandle> => {
  const handle = startCpuProfile({ sampleInterval: CPU_INTERVAL_MILLIS, maxBufferSize: samples })
  return Promise.resolve({ stop: () => Promise.resolve(handle.stop()) })
}

/** Starts heap sampling and event loop monitoring. */
export const start = async (label: string): Promise<ThreadProfiler> => {
  const session = new Session()
  session.connect()
  await session.post("HeapProfiler.startSampling", plain)
  const loop = monitorEventLoopDelay({ resolution: 20 })
  loop.enable()
  const watch = new FiberWatch()

  const delay = (): LoopDelay => ({
    samples: loop.count,
    mean: loop.count === 0 ? 0 : loop.mean,
    p50: loop.percentile(50),
    p90: loop.percentile(90),
    p99: loop.percentile(99),
    max: loop.max
  })
  const heap = async (): Promise<ThreadReport> => {
    const { profile } = await session.post("HeapProfiler.getSamplingProfile")
    return { ...nothing, profile: fromHeap(profile), heap: heapSize() }
  }
  // V8 has one sampler a thread: what is to be sampled is known when it starts.
  const restart = async (how: HeapProfiler.StartSamplingParameterType): Promise<void> => {
    await session.post("HeapProfiler.stopSampling")
    await session.post("HeapProfiler.startSampling", how)
  }
  const ask = async (question: Question): Promise<ThreadReport> => {
    switch (question) {
      case "heap":
        return heap()
      case "collect":
        await session.post("HeapProfiler.collectGarbage")
        return heap()
      case "watch-allocations":
        await restart(withTheDead)
        return nothing
      case "allocations": {
        const report = await heap()
        await restart(plain)
        return report
      }
      case "fibers":
        return { ...nothing, fibers: watch.dump() }
      case "delay":
        return { ...nothing, delay: delay() }
    }
  }
  return {
    label,
    watch,
    startCpu,
    ask,
    close: () => {
      loop.disable()
      session.disconnect()
    }
  }
}
