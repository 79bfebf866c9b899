import { MessageChannel, Worker } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { ConnectionStats, type Counter, writer } from "../../src/metrics/ConnectionStats.ts"
import { FiberCount } from "../../src/metrics/FiberCount.ts"
import { allocate, type Observation, RingReader, ringCapacity } from "../../src/metrics/ObservationRing.ts"
import { fiberCell, loopCell } from "../../src/metrics/ThreadVitals.ts"
import type { Plan } from "./StatsWorker.ts"

const counters: ReadonlyArray<Counter> = [
  "conn.open",
  "conn.timeout",
  "accept.total",
  "accept.success",
  "accept.error",
  "accept.timeout"
]

const start = (plan: Plan) => {
  const worker = new Worker(new URL("./StatsWorker.ts", import.meta.url), {
    workerData: plan,
    transferList: [plan.shared.overflow]
  })
  /** The worker's exit code, once it has ended. */
  const exit = new Promise<number>((resolve) => worker.once("exit", resolve))
  return { exit: Effect.promise(() => exit), terminate: Effect.promise(() => worker.terminate()) }
}

/** Blocks this thread, event loop and all, until `count` workers are done. */
const block = (done: SharedArrayBuffer, count: number) => {
  const cell = new Int32Array(done)
  for (let seen = Atomics.load(cell, 0); seen < count; seen = Atomics.load(cell, 0)) Atomics.wait(cell, 0, seen, 20_000)
}

/** Waits for `count` workers to finish, with the event loop running. */
const done = (cell: SharedArrayBuffer, count: number) =>
  Effect.promise(async () => {
    while (Atomics.load(new Int32Array(cell), 0) < count) await new Promise((resolve) => setTimeout(resolve, 5))
  })

describe("ConnectionStats", () => {
  it.effect("reads each counter exactly, summed over threads", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const threads = [0, 1, 2].map((thread) => writer(stats.attachThread("tunnel", thread)))
      for (const [index, counter] of counters.entries()) {
        for (const thread of threads) for (let n = 0; n <= index; n++) thread.add(counter, 1)
        threads[0]?.add(counter, -1)
        assert.strictEqual(stats.read(counter), 3 * (index + 1) - 1)
      }
      for (const thread of threads) {
        thread.carried("forwarded", 2 ** 40)
        thread.carried("forwarded", 1)
        thread.carried("returned", 7)
      }
      assert.strictEqual(stats.carried("forwarded"), 3 * (2 ** 40 + 1))
      assert.strictEqual(stats.carried("returned"), 21)
      assert.strictEqual(stats.read("conn.open"), 2, "no counter shares a place with them")
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("sums live fibers over the running threads, whatever tunnels they carry", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const vitals = [0, 1].map((thread) => stats.attachVitals(thread))
      const counts = vitals.map((each) => new FiberCount(fiberCell(each)))
      const context = yield* Effect.context<never>()
      for (const count of counts) for (let n = 0; n < 3; n++) count.recordFiberStart(context)
      counts[0]?.recordFiberEnd(context)
      assert.strictEqual(stats.fibers(), 5)
      for (const each of vitals) loopCell(each).set([0.25, 0.5])
      assert.strictEqual(stats.fibers(), 5)
      assert.deepStrictEqual(stats.loop(1), { lag: 0.25, utilization: 0.5 })
      stats.threadLost(0)
      assert.strictEqual(stats.fibers(), 3)
      assert.deepStrictEqual(stats.loop(0), { lag: 0, utilization: 0 })
      stats.attachVitals(0)
      assert.strictEqual(stats.fibers(), 3)
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("keeps tunnels apart and sums them", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const [one, other] = ["one", "other"].map((name) => ({
        writers: [0, 1].map((thread) => writer(stats.attachThread(name, thread))),
        read: stats.tunnel(name)
      }))
      assert(one !== undefined && other !== undefined)
      for (const each of [...one.writers, ...one.writers, ...other.writers]) {
        each.add("accept.total", 1)
        each.add("conn.open", 1)
        each.carried("forwarded", 10)
        each.observe("conn.handshake", 7)
      }
      assert.deepStrictEqual(
        [one.read, other.read, stats].map((each) => [
          each.read("accept.total"),
          each.read("conn.open"),
          each.carried("forwarded"),
          each.timer("conn.handshake").count
        ]),
        [
          [4, 4, 40, 4],
          [2, 2, 20, 2],
          [6, 6, 60, 6]
        ]
      )
      stats.threadLost(1)
      assert.deepStrictEqual(
        [one.read, other.read, stats].map(({ read }) => read("conn.open")),
        [2, 1, 3]
      )
      assert.deepStrictEqual(
        [one.read, other.read, stats].map(({ read }) => read("accept.total")),
        [4, 2, 6]
      )
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("includes an observation immediately", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const thread = writer(stats.attachThread("tunnel", 0))
      thread.observe("conn.handshake", 25.7)
      assert.deepInclude(stats.timer("conn.handshake"), { count: 1, min: 25, max: 25, sum: 25 })
      assert.strictEqual(stats.timer("conn.lifetime").count, 0)
      for (let n = 0; n < 3 * ringCapacity; n++) thread.observe("conn.lifetime", n)
      assert.deepInclude(stats.timer("conn.lifetime"), { count: 3 * ringCapacity })
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("drains by itself every 100 ms and ticks rates every 5 s", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const shared = stats.attachThread("tunnel", 0)
      const header = new Int32Array(shared.memory)
      const thread = writer(shared)
      thread.observe("conn.lifetime", 1)
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(Atomics.load(header, 0), 0)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(Atomics.load(header, 0), 1)
      yield* TestClock.adjust("5 seconds")
      for (let n = 0; n < 24; n++) thread.observe("conn.lifetime", 1)
      yield* TestClock.adjust("4900 millis")
      // Rate windows: 1 event, then 24 events.
      const weight = 1 - Math.exp(-5 / 60)
      const shown = stats.timer("conn.lifetime")
      assert.strictEqual(shown.rate1, 0.2 + weight * (24 / 5 - 0.2))
      assert.closeTo(shown.rateMean, 2.5, 1e-9)
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("gives the same figures however observations are spread over threads", () =>
    Effect.gen(function* () {
      const shown = yield* Effect.forEach([1, 2, 5], (count) =>
        Effect.gen(function* () {
          const stats = yield* ConnectionStats
          const threads = Array.from({ length: count }, (_, thread) => writer(stats.attachThread("tunnel", thread)))
          for (let n = 0; n < 1000; n++) threads[(n * 7) % count]?.observe("conn.lifetime", n * n)
          const { percentile, ...figures } = stats.timer("conn.lifetime")
          return { ...figures, rateMean: 0, median: percentile(0.5), high: percentile(0.999) }
        }).pipe(Effect.provide(Layer.fresh(ConnectionStats.layer)))
      )
      assert.deepStrictEqual(shown[0], shown[1])
      assert.deepStrictEqual(shown[0], shown[2])
    })
  )

  it.effect("keeps a lost thread's totals and drops its open connections", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const other = writer(stats.attachThread("tunnel", 1))
      other.add("conn.open", 1)
      const first = stats.attachThread("tunnel", 2)
      const lost = writer(first)
      for (const counter of ["conn.open", "conn.open", "accept.total", "accept.total"] as const) lost.add(counter, 1)
      lost.observe("conn.lifetime", 5)
      assert.strictEqual(stats.read("conn.open"), 3)
      stats.threadLost(2)
      stats.threadLost(2)
      stats.threadLost(99)
      assert.strictEqual(stats.read("conn.open"), 1)
      assert.strictEqual(stats.read("accept.total"), 2)
      assert.strictEqual(stats.timer("conn.lifetime").count, 1)

      const second = stats.attachThread("tunnel", 2)
      assert.strictEqual(second.memory, first.memory)
      assert.notStrictEqual(second.overflow, first.overflow)
      assert.strictEqual(stats.read("conn.open"), 1)
      const next = writer(second)
      next.add("conn.open", 1)
      next.add("accept.total", 1)
      for (let n = 0; n < 2 * ringCapacity; n++) next.observe("conn.lifetime", n)
      assert.strictEqual(stats.read("conn.open"), 2)
      assert.strictEqual(stats.read("accept.total"), 3)
      next.add("conn.open", -1)
      assert.strictEqual(stats.read("conn.open"), 1)
      // Attach again without reporting the loss, while the ring is full.
      const third = writer(stats.attachThread("tunnel", 2))
      third.observe("conn.lifetime", 1)
      assert.strictEqual(stats.read("conn.open"), 1)
      assert.strictEqual(stats.timer("conn.lifetime").count, 2 + 2 * ringCapacity)
    }).pipe(Effect.provide(ConnectionStats.layer))
  )

  it.effect("drains pending observations when its scope closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(ConnectionStats.layer, scope)
      const stats = yield* Effect.provideContext(ConnectionStats, context)
      const thread = writer(stats.attachThread("tunnel", 0))
      thread.observe("conn.lifetime", 1)
      thread.add("accept.total", 1)
      yield* Scope.close(scope, yield* Effect.exit(Effect.void))
      assert.strictEqual(stats.timer("conn.lifetime").count, 1)
      assert.strictEqual(stats.read("accept.total"), 1)
    })
  )

  it.effect("records nothing without a sink, and its ports keep no thread alive", () =>
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const shared = stats.attachThread("tunnel", 0)
      const thread = writer(shared)
      thread.add("accept.total", 1)
      thread.observe("conn.lifetime", 1)
      stats.drain()
      stats.threadLost(0)
      for (const counter of counters) assert.strictEqual(stats.read(counter), 0)
      assert.deepInclude(stats.timer("conn.lifetime"), { count: 0, rateMean: 0 })
      assert.isFalse(shared.overflow.hasRef())
    }).pipe(Effect.provide(ConnectionStats.layerNone))
  )

  describe("with worker threads", () => {
    it.live("counts exactly while several threads overflow their rings and the main thread is blocked", () =>
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const connections = 20_000
        const cell = new SharedArrayBuffer(4)
        const plan = { connections, left: 3, done: cell, stay: false }
        const workers = [1, 2, 3].map((thread) => start({ ...plan, shared: stats.attachThread("tunnel", thread) }))
        block(cell, workers.length)
        assert.strictEqual(stats.timer("conn.handshake").count, 3 * connections)
        assert.deepInclude(stats.timer("conn.lifetime"), { count: 3 * connections, max: connections - 1 })
        assert.strictEqual(stats.read("accept.total"), 3 * (connections + 3))
        assert.strictEqual(stats.read("accept.error"), 3 * Math.ceil(connections / 3))
        assert.strictEqual(stats.read("accept.success"), 3 * Math.floor((connections * 2) / 3))
        assert.strictEqual(stats.read("conn.open"), 9)
        // The port must not keep the workers alive.
        assert.deepStrictEqual(yield* Effect.forEach(workers, (worker) => worker.exit), [0, 0, 0])
        stats.threadLost(1)
        assert.strictEqual(stats.read("conn.open"), 6)
      }).pipe(Effect.provide(ConnectionStats.layer))
    )

    it.live("counts exactly while the main thread reads continuously", () =>
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const connections = 50_000
        const cell = new SharedArrayBuffer(4)
        const plan = { connections, left: 0, done: cell, stay: false }
        const workers = [1, 2].map((thread) => start({ ...plan, shared: stats.attachThread("tunnel", thread) }))
        let reads = 0
        let before = 0
        while (Atomics.load(new Int32Array(cell), 0) < workers.length) {
          const count = stats.timer("conn.lifetime").count
          assert.isAtLeast(count, before)
          before = count
          // Each thread may have one connection between its two steps.
          assert.isAtMost(stats.read("conn.open"), workers.length)
          if (++reads % 50 === 0) yield* Effect.sleep("1 millis")
        }
        assert.strictEqual(stats.timer("conn.lifetime").count, 2 * connections)
        assert.strictEqual(stats.timer("conn.handshake").count, 2 * connections)
        assert.strictEqual(stats.read("accept.total"), 2 * connections)
        assert.strictEqual(stats.read("conn.open"), 0)
        yield* Effect.forEach(workers, (worker) => worker.exit)
      }).pipe(Effect.provide(ConnectionStats.layer))
    )

    it.live("delivers each thread's observations in order through ring, segments and ring again", () =>
      Effect.gen(function* () {
        const memory = allocate()
        const { port1, port2 } = new MessageChannel()
        const connections = 1_000_000
        const cell = new SharedArrayBuffer(4)
        const worker = start({ connections, left: 0, done: cell, stay: false, shared: { memory, overflow: port2 } })
        const reader = new RingReader(memory, port1)
        let read = 0
        let at = 0
        const drain = () => {
          const taken: Array<Observation> = []
          reader.drain(taken)
          for (const observation of taken) {
            const { timer, nanos } = observation
            if (timer !== read % 2 || nanos !== read >> 1 || observation.at < at) assert.fail(`${nanos} at ${read}`)
            at = observation.at
            read += 1
          }
        }
        let pause = 0
        while (Atomics.load(new Int32Array(cell), 0) < 1) {
          drain()
          // Vary the pause around the point at which the ring just overflows: there both sides use the same segment.
          pause = (pause * 7 + 3) % 11
          for (const until = performance.now() + pause * 0.02; performance.now() < until; );
        }
        drain()
        assert.strictEqual(read, 2 * connections)
        port1.close()
        assert.strictEqual(yield* worker.exit, 0)
      })
    )

    it.live("keeps all observations of a terminated thread, overflow included, and its successor continues", () =>
      Effect.gen(function* () {
        const stats = yield* ConnectionStats
        const connections = 2 * ringCapacity
        const cell = new SharedArrayBuffer(4)
        const plan = { connections, left: 5, done: cell, stay: true }
        const first = start({ ...plan, shared: stats.attachThread("tunnel", 7) })
        block(cell, 1)
        assert.strictEqual(stats.read("conn.open"), 5)
        yield* first.terminate
        stats.threadLost(7)
        assert.strictEqual(stats.read("conn.open"), 0)
        assert.strictEqual(stats.read("accept.total"), connections + 5)
        assert.strictEqual(stats.timer("conn.lifetime").count, connections)

        const second = start({ ...plan, shared: stats.attachThread("tunnel", 7) })
        yield* done(cell, 2)
        assert.strictEqual(stats.read("conn.open"), 5)
        assert.strictEqual(stats.read("accept.total"), 2 * (connections + 5))
        assert.strictEqual(stats.timer("conn.lifetime").count, 2 * connections)
        yield* second.terminate
      }).pipe(Effect.provide(ConnectionStats.layer))
    )
  })
})
