/** Profiles the whole program for the pages under `/debug/pprof/`: merges every thread's answers. */
import { Clock, Effect } from "effect"
import { type Answers, askAll, missing, patiently } from "./AskThreads.ts"
import * as ExecutionTrace from "./ExecutionTrace.ts"
import { merge, profileOf, type SnapshotName, summed } from "./Merge.ts"
import { CPU_INTERVAL_MILLIS, type CpuHandle, type ProfiledThread } from "./ProfiledThread.ts"
import { difference, type Profile } from "./ProfileProto.ts"
import { contentionText, countText, type FiberFacts, fibersText, heapText } from "./ProfileText.ts"
import { resolve } from "./SourceMaps.ts"
import { fromCpu } from "./V8Profiles.ts"
import { during, makeLock, makePace, ProfilingError } from "./Window.ts"

/** Bounds what V8 keeps of a long CPU profile: nearly three hours. */
const MOST_SAMPLES = 1_000_000

export interface Profiler {
  /** CPU profile of all threads for a number of seconds; one at a time. */
  readonly cpu: (seconds: number) => Effect.Effect<Profile, ProfilingError>
  /** Execution trace of the main thread, Chrome's JSON; one at a time. */
  readonly trace: (seconds: number) => Effect.Effect<string, ProfilingError>
  /** The current profile; collects garbage first if `collect` is set. */
  readonly snapshot: (name: SnapshotName, collect: boolean) => Effect.Effect<Profile, ProfilingError>
  /** The change over a number of seconds; for `allocs`, the allocations made. */
  readonly delta: (name: SnapshotName, seconds: number) => Effect.Effect<Profile, ProfilingError>
  /** The text form; two and more is the long one. */
  readonly text: (name: SnapshotName, debug: number, collect: boolean) => Effect.Effect<string, ProfilingError>
  /** The number of entries of each profile. */
  readonly counts: Effect.Effect<ReadonlyMap<string, number>>
}

interface Started {
  readonly label: string
  readonly handle: CpuHandle | undefined
}

const startCpu = (threads: ReadonlyArray<ProfiledThread>, seconds: number): Effect.Effect<ReadonlyArray<Started>> =>
  Effect.promise(() => {
    const samples = Math.min(MOST_SAMPLES, 1000 + (2000 * seconds) / CPU_INTERVAL_MILLIS)
    const abandon = (handle: CpuHandle) => void handle.stop().catch(() => {})
    return Promise.all(
      threads.map(async (thread) => {
        return { label: thread.label, handle: await patiently(() => thread.startCpu(samples), abandon) }
      })
    )
  })

const stopCpu = (started: ReadonlyArray<Started>) =>
  Effect.promise(() =>
    Promise.all(
      started.map(async ({ label, handle }) => {
        return { label, json: handle === undefined ? undefined : await patiently(() => handle.stop()) }
      })
    )
  )

const heapProfile = (name: "heap" | "allocs", { reports, comments }: Answers) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const samples = yield* Effect.promise(() => merge(reports.map(([thread, { profile }]) => [thread, profile])))
    return profileOf(name, samples, { at, comments })
  })

/**
 * Asks the threads that there are when it is asked. Snapshots are taken one at a time and leave time for other work between
 * them: each stops every thread for a moment, and merging and naming them is work of this one.
 */
export const make = (threads: () => ReadonlyArray<ProfiledThread>): Profiler => {
  const cpuLock = makeLock("Could not enable CPU profiling: cpu profiling already in use")
  const traceLock = makeLock("Could not enable tracing: execution tracer already enabled")
  const allocationLock = makeLock("Could not enable allocation profiling: allocation profiling already in use")
  const paced = makePace()
  // While allocations are watched, samples are not of what lives; starting to watch forgets the samples so far.
  let heapDifferences = 0

  const ask = (question: Parameters<typeof askAll>[1]) => Effect.suspend(() => askAll(threads(), question))

  const cpu = (seconds: number) =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const stopped = yield* during(seconds, startCpu(threads(), seconds), stopCpu)
      const durationMillis = (yield* Clock.currentTimeMillis) - at
      const profiles = stopped.flatMap(({ label, json }) =>
        json === undefined ? [] : [[label, fromCpu(JSON.parse(json))] as const]
      )
      const comments = stopped.flatMap(({ label, json }) => (json === undefined ? [missing(label)] : []))
      return profileOf("profile", yield* Effect.promise(() => merge(profiles)), { at, comments, durationMillis })
    })

  const trace = (seconds: number) =>
    during(
      seconds,
      Effect.tryPromise({
        try: () => ExecutionTrace.start(),
        catch: (cause) => {
          const why = cause instanceof Error ? cause.message : String(cause)
          return new ProfilingError({ message: `Could not enable tracing: ${why}` })
        }
      }),
      (running) => Effect.promise(() => running.stop())
    )

  const heap = (collect: boolean): Effect.Effect<Answers, ProfilingError> =>
    Effect.suspend(() =>
      allocationLock.taken()
        ? Effect.fail(new ProfilingError({ message: "Could not read the heap: an allocation profile is being taken" }))
        : ask(collect ? "collect" : "heap")
    )

  const fibers = Effect.gen(function* () {
    const { reports, comments } = yield* ask("fibers")
    const live = reports.flatMap(([thread, report]) => report.fibers.map((fiber) => ({ thread, fiber })))
    const frames = yield* Effect.promise(() => resolve(live.flatMap(({ fiber }) => fiber.stack)))
    let base = 0
    const facts = live.map(({ thread, fiber: { id, stack, state } }): FiberFacts => {
      base += stack.length
      return { id, thread, state, stack: frames.slice(base - stack.length, base) }
    })
    return { facts, comments }
  })

  const snapshot = (name: SnapshotName, collect: boolean): Effect.Effect<Profile, ProfilingError> =>
    Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      switch (name) {
        case "heap":
        case "allocs":
          // Nothing is kept of what has died: without a window, both show what lives.
          return yield* heapProfile("heap", yield* heap(collect))
        case "goroutine": {
          const { facts, comments } = yield* fibers
          return profileOf(name, summed(facts.map((fiber) => ({ ...fiber, values: [1] }))), { at, comments })
        }
        case "threadcreate": {
          const each = threads().map(({ label }) => ({ thread: label, stack: [], values: [1] }))
          return profileOf(name, each, { at, comments: [] })
        }
        case "block":
        case "mutex":
          return profileOf(name, [], { at, comments: [] })
      }
    })

  const allocations = (seconds: number) =>
    Effect.gen(function* () {
      const watched = threads()
      const answers = yield* during(seconds, askAll(watched, "watch-allocations"), () => askAll(watched, "allocations"))
      return { ...(yield* heapProfile("allocs", answers)), durationMillis: seconds * 1e3 }
    })

  const changes = (name: SnapshotName, seconds: number) =>
    during(seconds, paced(snapshot(name, false)), Effect.succeed).pipe(
      Effect.flatMap((earlier) => Effect.map(paced(snapshot(name, false)), (later) => difference(earlier, later)))
    )

  const heapChanges = (seconds: number) =>
    Effect.acquireUseRelease(
      Effect.sync(() => (heapDifferences += 1)),
      () => changes("heap", seconds),
      () => Effect.sync(() => (heapDifferences -= 1))
    )

  const text = (name: SnapshotName, debug: number, collect: boolean): Effect.Effect<string, ProfilingError> =>
    Effect.gen(function* () {
      switch (name) {
        case "heap":
        case "allocs": {
          const answers = yield* heap(collect)
          const sizes = answers.reports.flatMap(([thread, { heap: size }]) =>
            size === undefined ? [] : [[thread, size] as const]
          )
          const rss = process.memoryUsage.rss()
          return heapText(yield* heapProfile("heap", answers), { rss, threads: sizes })
        }
        case "goroutine": {
          if (debug === 1) return countText(name, yield* snapshot(name, false))
          const { facts, comments } = yield* fibers
          return fibersText(facts, comments)
        }
        case "threadcreate":
          return countText(name, yield* snapshot(name, false))
        case "block":
        case "mutex": {
          const { reports, comments } = yield* ask("delay")
          const delays = reports.flatMap(([thread, { delay }]) =>
            delay === undefined ? [] : [[thread, delay] as const]
          )
          return contentionText(name, delays, comments)
        }
      }
    })

  const counts = Effect.gen(function* () {
    const { facts } = yield* fibers
    const reports = allocationLock.taken() ? [] : (yield* ask("heap")).reports
    const stacks = reports.reduce((sum, [, { profile }]) => sum + profile.samples.length, 0)
    return new Map([
      ["allocs", stacks],
      ["goroutine", facts.length],
      ["heap", stacks],
      ["threadcreate", threads().length]
    ])
  })

  return {
    cpu: (seconds) => cpuLock.hold(cpu(seconds)),
    trace: (seconds) => traceLock.hold(trace(seconds)),
    snapshot: (name, collect) => paced(snapshot(name, collect)),
    delta: (name, seconds) => {
      if (name === "heap") return heapChanges(seconds)
      if (name !== "allocs") return changes(name, seconds)
      const message = "Could not enable allocation profiling: a heap profile is being taken"
      return Effect.suspend(() =>
        heapDifferences > 0 ? Effect.fail(new ProfilingError({ message })) : allocationLock.hold(allocations(seconds))
      )
    },
    text: (name, debug, collect) => paced(text(name, debug, collect)),
    counts: paced(counts)
  }
}
