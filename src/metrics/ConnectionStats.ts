/**
 * Connection metrics that the data path records: counters in shared memory, and one ring of timer observations per thread.
 * Names, units, percentiles and formats are defined in the other files of `metrics/`.
 */

import { MessageChannel, type MessagePort } from "node:worker_threads"
import { Clock, Context, Effect, Layer } from "effect"
import { type LoopFacts, loopFacts } from "./LoopMeter.ts"
import { tickSeconds } from "./Meter.ts"
import {
  allocate,
  countersOf,
  fibersOf,
  loopOf,
  type Observation,
  RingReader,
  RingWriter,
  volumesOf
} from "./ObservationRing.ts"
import { every } from "./Ticker.ts"
import { TimerMetric, type TimerSnapshot } from "./TimerMetric.ts"

/** Counters (and the one gauge, `conn.open`) by the names of the contract (status, section 7). */
export type Counter =
  | "conn.open"
  | "conn.timeout"
  | "accept.total"
  | "accept.success"
  | "accept.error"
  | "accept.timeout"
export type TimerName = "conn.handshake" | "conn.lifetime"
/** Direction of bytes: `forwarded` from the accepted to the dialled connection, `returned` the other way. */
export type Way = "forwarded" | "returned"

/**
 * The write side for one thread, the only writer of its block. Both calls are synchronous and cheap enough to make for every
 * connection.
 */
export interface ThreadStats {
  readonly add: (counter: Counter, by: 1 | -1) => void
  /** Records one observation, made now, in nanoseconds. */
  readonly observe: (timer: TimerName, nanos: number) => void
  /** Counts bytes whose write has completed. */
  readonly carried: (way: Way, bytes: number) => void
}

/** What a thread needs to record metrics. Send it to a worker with `overflow` in the transfer list. */
export interface SharedStats {
  readonly memory: SharedArrayBuffer
  /** Receives segments of observations while the ring is full. */
  readonly overflow: MessagePort
}

/** Index of each counter in a thread's block. */
const slot: Readonly<Record<Counter, number>> = {
  "conn.open": 0,
  "conn.timeout": 1,
  "accept.total": 2,
  "accept.success": 3,
  "accept.error": 4,
  "accept.timeout": 5
}
const slots = 6
const volume: Readonly<Record<Way, number>> = { forwarded: 0, returned: 1 }
const volumes = 2
/** Seconds between two drains. */
const drainSeconds = 0.1
const timerId: Readonly<Record<TimerName, number>> = { "conn.handshake": 0, "conn.lifetime": 1 }

/** Makes the write side. Call it once per `SharedStats`, on the thread that records. */
export const writer = (shared: SharedStats): ThreadStats => {
  shared.overflow.unref()
  if (shared.memory.byteLength === 0) return { add: () => {}, observe: () => {}, carried: () => {} }
  const counters = countersOf(shared.memory, slots)
  const sums = volumesOf(shared.memory, volumes)
  const ring = new RingWriter(shared.memory, shared.overflow)
  const origin = performance.timeOrigin
  return {
    add: (counter, by) => void Atomics.add(counters, slot[counter], by === 1 ? 1n : -1n),
    observe: (timer, nanos) => ring.write(timerId[timer], origin + performance.now(), nanos),
    carried: (way, bytes) => {
      const place = volume[way]
      sums[place] = (sums[place] ?? 0) + bytes
    }
  }
}

/** The cell in which the writing thread publishes its event loop figures. */
export const loopCell = ({ memory }: SharedStats): Float64Array =>
  memory.byteLength === 0 ? new Float64Array(2) : loopOf(memory)

/** The cell with the number of the thread's live fibers. Only that thread may write it. */
export const fiberCell = ({ memory }: SharedStats): Int32Array =>
  memory.byteLength === 0 ? new Int32Array(1) : fibersOf(memory)

/** The main thread's state for one recording thread. */
interface Thread {
  readonly memory: SharedArrayBuffer
  readonly counters: BigInt64Array<SharedArrayBuffer>
  readonly volumes: Float64Array<SharedArrayBuffer>
  /** `conn.open` when the current writer was attached: connections that earlier, lost writers never closed. */
  openBase: bigint
  /** Present while a writer is attached. */
  attached: { readonly port: MessagePort; readonly ring: RingReader } | undefined
}

/** Connection metrics summed over all threads of this process; a timer has one sample for all threads. */
export class ConnectionStats extends Context.Service<
  ConnectionStats,
  {
    /**
     * Shared memory and a new port for the writer on `thread`. Attaching the same number again continues its totals and
     * restarts `conn.open` at 0; a writer still attached there is treated as lost.
     */
    readonly attachThread: (thread: number) => SharedStats
    /**
     * Call when the writer on `thread` has ended. Drains its observations, keeps its totals and drops its open connections
     * from `conn.open`.
     */
    readonly threadLost: (thread: number) => void
    /** A counter's value over all threads, exact at this moment. */
    readonly read: (counter: Counter) => number
    /** Bytes copied in one direction over all threads, including those of open connections. */
    readonly carried: (way: Way) => number
    /** Live fibers on all threads that count them in `fiberCell`. */
    readonly fibers: () => number
    /** Event loop figures of an attached thread; all 0 for any other. */
    readonly loop: (thread: number) => LoopFacts
    /** A timer's snapshot over everything observed up to this moment. */
    readonly timer: (name: TimerName) => TimerSnapshot
    /** Reads the observations of all threads. Also runs every 100 ms and on every `timer` call. */
    readonly drain: () => void
  }
>()("ghostunnel/ConnectionStats") {
  /** Records metrics. Drains every 100 ms and ticks the rates every 5 s while its scope is open. */
  static readonly layer: Layer.Layer<ConnectionStats> = Layer.effect(
    ConnectionStats,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const stats = make(() => Number(clock.monotonicTimeNanosUnsafe()) / 1e9)
      yield* Effect.addFinalizer(() => Effect.sync(stats.close))
      yield* Effect.forkScoped(every(drainSeconds, stats.drain))
      yield* Effect.forkScoped(every(tickSeconds, stats.tick))
      return stats.service
    })
  )

  /** Records nothing, for a process with neither a status port nor a push. */
  static readonly layerNone: Layer.Layer<ConnectionStats> = Layer.effect(
    ConnectionStats,
    Effect.gen(function* () {
      const ports: Array<MessagePort> = []
      yield* Effect.addFinalizer(() => Effect.sync(() => ports.forEach((port) => void port.close())))
      const nothing = new TimerMetric(0, () => 0).snapshot()
      const memory = new SharedArrayBuffer(0)
      return {
        attachThread: () => {
          const channel = new MessageChannel()
          channel.port1.unref()
          ports.push(channel.port1)
          return { memory, overflow: channel.port2 }
        },
        threadLost: () => {},
        read: () => 0,
        carried: () => 0,
        fibers: () => 0,
        loop: () => ({ lag: 0, utilization: 0 }),
        timer: () => nothing,
        drain: () => {}
      }
    })
  )
}

const make = (nowSeconds: () => number) => {
  const threads = new Map<number, Thread>()
  const created = nowSeconds()
  const timers: Readonly<Record<TimerName, TimerMetric>> = {
    "conn.handshake": new TimerMetric(created, Math.random),
    "conn.lifetime": new TimerMetric(created, Math.random)
  }
  const byId = [timers["conn.handshake"], timers["conn.lifetime"]]

  const record = (observations: Array<Observation>): void => {
    if (observations.length === 0) return
    observations.sort((a, b) => a.at - b.at)
    const now = nowSeconds()
    for (const { timer, at, nanos } of observations) byId[timer]?.observe(nanos, at / 1000, now)
  }
  const drain = (): void => {
    const observations: Array<Observation> = []
    for (const thread of threads.values()) thread.attached?.ring.drain(observations)
    record(observations)
  }
  const detach = (thread: Thread): void => {
    if (thread.attached === undefined) return
    drain()
    thread.attached.port.close()
    thread.attached = undefined
  }
  const open = (thread: Thread): bigint => Atomics.load(thread.counters, slot["conn.open"])

  const service: ConnectionStats["Service"] = {
    attachThread: (number) => {
      const known = threads.get(number)
      const memory = known?.memory ?? allocate()
      const thread = known ?? {
        memory,
        counters: countersOf(memory, slots),
        volumes: volumesOf(memory, volumes),
        openBase: 0n,
        attached: undefined
      }
      detach(thread)
      const { port1, port2 } = new MessageChannel()
      port1.unref()
      port2.unref()
      thread.openBase = open(thread)
      fibersOf(memory)[0] = 0
      thread.attached = { port: port1, ring: new RingReader(memory, port1) }
      threads.set(number, thread)
      return { memory, overflow: port2 }
    },
    threadLost: (number) => {
      const thread = threads.get(number)
      if (thread !== undefined) detach(thread)
    },
    read: (counter) => {
      let total = 0n
      for (const thread of threads.values()) {
        if (counter !== "conn.open") total += Atomics.load(thread.counters, slot[counter])
        else if (thread.attached !== undefined) total += open(thread) - thread.openBase
      }
      return Number(total)
    },
    carried: (way) => {
      let total = 0
      for (const thread of threads.values()) total += thread.volumes[volume[way]] ?? 0
      return total
    },
    loop: (number) => {
      const thread = threads.get(number)
      return loopFacts(thread?.attached === undefined ? new Float64Array(2) : loopOf(thread.memory))
    },
    fibers: () => {
      let total = 0
      for (const { attached, memory } of threads.values()) {
        if (attached !== undefined) total += fibersOf(memory)[0] ?? 0
      }
      return total
    },
    timer: (name) => {
      drain()
      return timers[name].snapshot()
    },
    drain
  }
  return {
    service,
    drain,
    tick: () => {
      drain()
      const now = nowSeconds()
      for (const timer of byId) timer.tick(now)
    },
    close: () => {
      for (const thread of threads.values()) detach(thread)
    }
  }
}
