import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"
import type { ProfiledThread, Question, ThreadReport } from "../../src/profiling/ProfiledThread.ts"
import { make } from "../../src/profiling/Profiler.ts"

const nothing: ThreadReport = { profile: { frames: [], samples: [] }, heap: undefined, fibers: [], delay: undefined }

/** A thread that answers as told and remembers what it was asked. */
const thread = (label: string, answer: (question: Question) => Promise<ThreadReport>, cpu = sampled) => {
  const asked: Array<string> = []
  const profiled: ProfiledThread = {
    label,
    ask: (question) => {
      asked.push(question)
      return answer(question)
    },
    startCpu: async () => {
      asked.push("start")
      return {
        stop: () => {
          asked.push("stop")
          return cpu()
        }
      }
    }
  }
  return { asked, profiled }
}

const callFrame = { functionName: "hot", url: "", lineNumber: 0, columnNumber: 0 }
const sampled = async (): Promise<string> =>
  JSON.stringify({ startTime: 0, endTime: 20, nodes: [{ id: 1, callFrame }], samples: [1], timeDeltas: [10] })

const frame = (name: string) => ({ name, url: "", line: 0, column: 0 })
const heapOf = (name: string, value: number): ThreadReport => ({
  ...nothing,
  profile: { frames: [frame(name)], samples: [{ stack: [0], values: [1, value] }] }
})
const silence = () => new Promise<never>(() => {})

/** Lets what is under way come to its next sleep. */
const settle = Effect.promise(() => new Promise((done) => setImmediate(done)))

describe("profiles of all threads", () => {
  it.effect("are merged, and keep apart what is of which thread", () =>
    Effect.gen(function* () {
      const main = thread("main", async () => heapOf("f", 10))
      const worker = thread("worker-1", async () => heapOf("f", 20))
      const { samples, types, shown } = yield* make(() => [main.profiled, worker.profiled]).snapshot("heap", true)
      assert.deepStrictEqual(
        samples.map(({ stack, thread: of, values }) => [of, stack[0]?.name, values]),
        [
          ["main", "f", [1, 10]],
          ["worker-1", "f", [1, 20]]
        ]
      )
      assert.deepStrictEqual([types.map(([type]) => type), shown], [["inuse_objects", "inuse_space"], "inuse_space"])
      assert.deepStrictEqual([main.asked, worker.asked], [["collect"], ["collect"]])
    })
  )

  it.effect("say which thread is missing when one has ended", () =>
    Effect.gen(function* () {
      const main = thread("main", async () => heapOf("f", 10))
      const gone = thread(
        "worker-1",
        () => Promise.reject(new Error("gone")),
        () => Promise.reject(new Error("gone"))
      )
      const profiler = make(() => [main.profiled, gone.profiled])
      const comment = "thread worker-1 ended or did not answer within 2 s: it is missing here"
      assert.deepStrictEqual((yield* profiler.snapshot("heap", false)).comments, [comment])
      assert.include(yield* profiler.text("heap", 1, false), `# ${comment}\n`)
      const cpu = yield* Effect.forkChild(profiler.cpu(1))
      yield* settle
      yield* TestClock.adjust("1 second")
      const profile = yield* Fiber.join(cpu)
      assert.deepStrictEqual(profile.comments, [comment])
      assert.deepStrictEqual(
        profile.samples.map(({ thread: of, values }) => [of, values]),
        [["main", [1, 10_000]]]
      )
    })
  )

  it.effect("one that throws is missing too", () =>
    Effect.gen(function* () {
      const odd: ProfiledThread = {
        label: "worker-1",
        ask: () => {
          throw new Error("no thread")
        },
        startCpu: () => Promise.reject(new Error("no thread"))
      }
      const { comments } = yield* make(() => [odd]).snapshot("goroutine", false)
      assert.strictEqual(comments.length, 1)
    })
  )
})

describe("a thread that hangs", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  it.effect("is waited for two seconds, and a profile that starts too late is stopped", () =>
    Effect.gen(function* () {
      const main = thread("main", async () => nothing)
      const late = Promise.withResolvers<{ readonly stop: () => Promise<string> }>()
      const stopped = vi.fn(sampled)
      const hung: ProfiledThread = { label: "worker-1", ask: silence, startCpu: () => late.promise }
      const profiler = make(() => [main.profiled, hung])
      const cpu = yield* Effect.forkChild(profiler.cpu(1))
      yield* settle
      vi.advanceTimersByTime(2000)
      yield* settle
      yield* TestClock.adjust("1 second")
      const { comments } = yield* Fiber.join(cpu)
      assert.strictEqual(comments.length, 1)
      late.resolve({ stop: stopped })
      yield* settle
      assert.strictEqual(stopped.mock.calls.length, 1)
      const dump = yield* Effect.forkChild(profiler.text("goroutine", 1, false))
      yield* settle
      vi.advanceTimersByTime(2000)
      assert.match(yield* Fiber.join(dump), /^goroutine profile: total 0\n# thread worker-1 ended or did not answer/)
    })
  )
})

describe("profiles that take time", () => {
  it.effect("refuse a second one, and let go when they end", () =>
    Effect.gen(function* () {
      const { profiled } = thread("main", async () => nothing)
      const profiler = make(() => [profiled])
      const first = yield* Effect.forkChild(profiler.cpu(30))
      yield* settle
      const refused = yield* Effect.flip(profiler.cpu(1))
      assert.strictEqual(refused.message, "Could not enable CPU profiling: cpu profiling already in use")
      yield* TestClock.adjust("30 seconds")
      const profile = yield* Fiber.join(first)
      assert.deepStrictEqual([profile.durationMillis, profile.period], [30_000, [["cpu", "nanoseconds"], 10_000_000]])
      yield* Effect.forkChild(profiler.cpu(1))
    })
  )

  it.effect("end early when nobody waits any more", () =>
    Effect.gen(function* () {
      const { asked, profiled } = thread("main", async () => nothing)
      const profiler = make(() => [profiled])
      const cpu = yield* Effect.forkChild(profiler.cpu(3600))
      yield* settle
      assert.deepStrictEqual(asked, ["start"])
      yield* Fiber.interrupt(cpu)
      assert.deepStrictEqual(asked, ["start", "stop"])
      const allocs = yield* Effect.forkChild(profiler.delta("allocs", 3600))
      yield* settle
      yield* Fiber.interrupt(allocs)
      assert.deepStrictEqual(asked.slice(2), ["watch-allocations", "allocations"])
      yield* profiler.snapshot("heap", false)
    })
  )

  it.effect("of allocations keep the heap from being read, and the other way round", () =>
    Effect.gen(function* () {
      const { profiled } = thread("main", async () => heapOf("f", 5))
      const profiler = make(() => [profiled])
      const allocs = yield* Effect.forkChild(profiler.delta("allocs", 10))
      yield* settle
      const busy = "Could not read the heap: an allocation profile is being taken"
      assert.strictEqual((yield* Effect.flip(profiler.snapshot("heap", false))).message, busy)
      assert.strictEqual((yield* Effect.flip(profiler.text("allocs", 1, false))).message, busy)
      assert.match((yield* Effect.flip(profiler.delta("allocs", 1))).message, /already in use$/)
      assert.strictEqual((yield* profiler.counts).get("heap"), 0)
      yield* TestClock.adjust("10 seconds")
      const { durationMillis, shown } = yield* Fiber.join(allocs)
      assert.deepStrictEqual([durationMillis, shown], [10_000, "alloc_space"])
      yield* Effect.forkChild(profiler.delta("heap", 10))
      yield* settle
      assert.match((yield* Effect.flip(profiler.delta("allocs", 1))).message, /a heap profile is being taken$/)
    })
  )

  it.effect("of the heap are the difference of two snapshots", () =>
    Effect.gen(function* () {
      let bytes = 100
      const { profiled } = thread("main", async () => heapOf("f", (bytes += 50)))
      const delta = yield* Effect.forkChild(make(() => [profiled]).delta("heap", 5))
      yield* settle
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(
        (yield* Fiber.join(delta)).samples.map(({ values }) => values),
        [[0, 50]]
      )
    })
  )
})
