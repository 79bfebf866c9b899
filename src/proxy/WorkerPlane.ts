/**
 * The data plane on worker threads, which carry all tunnels. Each thread is supervised: if it dies, its connections end, the
 * other threads are not affected, and a new thread takes over its tunnels.
 */
import { Effect, Layer, Result, Schedule, Semaphore } from "effect"
import { ConnectionStats } from "../metrics/ConnectionStats.ts"
import { Log } from "../runtime/Logging.ts"
import { NameLookup } from "../runtime/NameLookup.ts"
import { Backlog } from "./Backlog.ts"
import { DataPlane, type PlaneOptions, type PlaneTunnel } from "./DataPlane.ts"
import { PendingDials } from "./PendingDials.ts"
import { type SpawnFailure, spawn, type WorkerThread } from "./WorkerThread.ts"
import * as WorkerTunnel from "./WorkerTunnel.ts"

/** Pause before a dead thread is replaced. */
const PAUSE = "100 millis"
/** Pauses after each further failure. */
const backoff = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("10 seconds")])

/** Starts `workers` threads, which load their code while the rest of the process starts. */
export const layer = (options: PlaneOptions, workers: number): Layer.Layer<DataPlane, never, ConnectionStats | Log> =>
  Layer.effect(
    DataPlane,
    Effect.gen(function* () {
      const stats = yield* ConnectionStats
      const log = yield* Log
      const lookUp = yield* NameLookup
      const dials = PendingDials.allocate(workers)
      const changing = yield* Semaphore.make(1)
      const threads = new Map<number, Result.Result<WorkerThread, string>>()
      const tunnels = new Set<WorkerTunnel.WorkerTunnel>()
      let replaced = 0

      const lost = (number: number, why: string) => {
        threads.set(number, Result.fail(why))
        stats.threadLost(number)
        PendingDials.threadLost(dials, number)
        const served = [...tunnels].filter((tunnel) => tunnel.lost(number))
        // Without a tunnel there is nothing to report: what waits for the thread fails.
        if (served.length === 0) return
        log.line(
          "worker_lost",
          `error: worker thread ${number} ended unexpectedly (${why}); its connections are closed`
        )
      }
      const start = (number: number): Effect.Effect<WorkerThread, SpawnFailure> =>
        spawn({
          start: {
            thread: number,
            threads: workers,
            transport: options.transport,
            profiled: options.profiled,
            vitals: stats.attachVitals(number),
            backlog: Backlog.allocate(),
            dials
          },
          entry: options.workerEntry,
          log,
          lookUp,
          lost: (why) => lost(number, why)
        })

      const isDraining = () => [...tunnels].every((tunnel) => tunnel.isDraining())
      const replace = Effect.fnUntraced(function* (number: number) {
        const thread = yield* Effect.mapError(start(number), ({ why }) => why)
        yield* Effect.forEach(tunnels, (tunnel) => tunnel.rebind(number, thread), { discard: true }).pipe(
          Effect.mapError(({ message }) => message),
          Effect.onError(() => thread.leave)
        )
        threads.set(number, Result.succeed(thread))
        replaced++
        return thread
      })
      const supervise = Effect.fnUntraced(function* (number: number, first: WorkerThread) {
        for (let thread = first; ; ) {
          yield* thread.ended
          yield* Effect.sleep(PAUSE)
          const attempt = changing.withPermits(1)(
            Effect.suspend(() => (isDraining() ? Effect.undefined : replace(number)))
          )
          const next = yield* attempt.pipe(
            Effect.tapError((why) =>
              Effect.sync(() => log.line("worker_lost", `error: cannot replace worker thread ${number}: ${why}`))
            ),
            Effect.retry(backoff),
            Effect.orDie
          )
          if (next === undefined) return
          thread = next
        }
      })

      yield* Effect.addFinalizer(() =>
        Effect.forEach(threads.values(), (thread) => (Result.isSuccess(thread) ? thread.success.leave : Effect.void), {
          concurrency: "unbounded",
          discard: true
        })
      )
      for (let number = 0; number < workers; number++) {
        const thread = yield* Effect.result(start(number))
        threads.set(
          number,
          Result.mapError(thread, ({ why }) => why)
        )
        if (Result.isSuccess(thread)) yield* Effect.forkScoped(supervise(number, thread.success))
      }

      const context: WorkerTunnel.PlaneContext = {
        ...{ options, stats, log, changing, count: workers },
        threadOf: (number) => threads.get(number) ?? Result.fail("it was not started")
      }
      const add = Effect.fnUntraced(function* (options: PlaneTunnel) {
        const tunnel = WorkerTunnel.make(options, context)
        yield* Effect.addFinalizer(() =>
          Effect.andThen(
            changing.withPermits(1)(tunnel.remove),
            Effect.sync(() => tunnels.delete(tunnel))
          )
        )
        tunnels.add(tunnel)
        const bound = yield* changing.withPermits(1)(tunnel.bind)
        return { ...tunnel.plane, bound }
      })
      const numbers = Array.from({ length: workers }, (_, number) => number)
      return {
        workers,
        threads: () => ({
          serving: numbers.map((number) => [...tunnels].some((tunnel) => tunnel.servesOn(number))),
          replaced
        }),
        profiled: () =>
          numbers.flatMap((number) => {
            const thread = threads.get(number)
            return thread !== undefined && Result.isSuccess(thread) ? [thread.success.profiled] : []
          }),
        add
      }
    })
  )
