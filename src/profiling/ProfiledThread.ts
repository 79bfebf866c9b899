/**
 * The profiling requests to a thread and their answers, as plain values for `postMessage`. Always loaded, so it is little
 * more than types; `ThreadProfiler.ts` measures.
 */
import { Context, Effect } from "effect"

/** A place in the code that runs, before source maps. */
export interface RawFrame {
  /** Empty: anonymous. */
  readonly name: string
  /** The name was assigned, and is not that of the function at this place. */
  readonly given?: true
  /** Empty for what is no code: `(program)`, `(garbage collector)`. */
  readonly url: string
  /** 1-based; 0: unknown. */
  readonly line: number
  /** 0-based. */
  readonly column: number
}

/** Stacks with their numbers; frames are named by their index, leaf first. */
export interface RawProfile {
  readonly frames: ReadonlyArray<RawFrame>
  readonly samples: ReadonlyArray<{ readonly stack: ReadonlyArray<number>; readonly values: ReadonlyArray<number> }>
}

/** A live fiber. */
export interface LiveFiber {
  readonly id: number
  /** `running` or `suspended`, then details that distinguish it. */
  readonly state: ReadonlyArray<string>
  /** Leaf first. */
  readonly stack: ReadonlyArray<RawFrame>
}

/** How late the event loop was, nanoseconds. */
export interface LoopDelay {
  readonly samples: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Bytes of V8's heap on one thread. */
export interface HeapSize {
  readonly used: number
  readonly total: number
  readonly limit: number
  readonly external: number
}

/**
 * `heap`: the sampled objects that live. `collect`: the same after a garbage collection. `watch-allocations`: from now on
 * samples stay when their objects die. `allocations`: those samples, and the end of that.
 */
export type Question = "heap" | "collect" | "watch-allocations" | "allocations" | "fibers" | "delay"

/** An answer contains only what was requested. */
export interface ThreadReport {
  readonly profile: RawProfile
  readonly heap: HeapSize | undefined
  readonly fibers: ReadonlyArray<LiveFiber>
  readonly delay: LoopDelay | undefined
}

/** A running CPU profile. */
export interface CpuHandle {
  /** Ends it and gives V8's `.cpuprofile` JSON. */
  readonly stop: () => Promise<string>
}

/** A thread as profiles see it. */
export interface ProfiledThread {
  /** `main`, `worker-1`, .. */
  readonly label: string
  /** Samples at 100 Hz, at most so many samples. */
  readonly startCpu: (samples: number) => Promise<CpuHandle>
  /** Rejects when the thread ends before it has answered. */
  readonly ask: (question: Question) => Promise<ThreadReport>
}

/** 100 Hz, in milliseconds. */
export const CPU_INTERVAL_MILLIS = 10
/** Mean bytes between two heap samples. */
export const HEAP_INTERVAL_BYTES = 524_288

/** What a fiber is working on, evaluated on demand: a name for the top of its stack, and text next to its state. */
export type FiberSubject = () => { readonly name: string; readonly words: ReadonlyArray<string> }

/** The subject of the fibers whose context provides it. Set only if profiling is on. */
export const FiberSubject = Context.Reference<FiberSubject | undefined>("ghostunnel/profiling/FiberSubject", {
  defaultValue: () => undefined
})

/** Names a long-lived fiber. */
export const asFiber =
  (name: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(self, FiberSubject, () => ({ name, words: [] }))
