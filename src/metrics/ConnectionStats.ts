/**
 * The numbers the data path writes. Names, units, percentiles and formats live elsewhere in `metrics/`; here are counters in
 * shared memory and a ring of timer observations per thread (design: numbers cross threads in order and in full).
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
import { Timer, type TimerSnapshot } from "./Timer.ts"

/** Counters (and the one gauge, `conn.open`) by the names of the contract (status, section 7). */
export type Counter =
  | "conn.open"
  | "conn.timeout"
  | "accept.total"
  | "accept.success"
  | "accept.error"
  | "accept.timeout"
export type TimerName = "conn.handshake" | "conn.lifetime"
/** From the accepted to the dialled side, and back. */
export type Way = "forwarded" | "returned"

/** One thread's end: the only writer of its block. Both are plain calls, cheap enough for every connection. */
export interface ThreadStats {
  readonly add: (counter: Counter, by: 1 | -1) => void
  /** Records one observation, made now, in nanoseconds. */
  readonly observe: (timer: TimerName, nanos: number) => void
  /** Counts bytes whose write has completed. */
  readonly carried: (way: Way, bytes: number) => void
}

/** What a thread needs to write: goes to a worker with the port in its transfer list. */
export interface SharedStats {
  readonly memory: SharedArrayBuffer
  /** Takes batches of observations when the ring is full. */
  readonly overflow: MessagePort
}

/** Place of each counter in a thread's block. */
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

/** The writing end, in any thread. Make one per `SharedStats`, in the thread it is meant for. */
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

/** Where the writer's thread leaves how its event loop does. */
export const loopCell = ({ memory }: SharedStats): Float64Array =>
  memory.byteLength === 0 ? new Float64Array(2) : loopOf(memory)

/** Where the thread's live fibers are counted: one number, which nobody else may write. */
export const fiberCell = ({ memory }: SharedStats): Int32Array =>
  memory.byteLength === 0 ? new Int32Array(1) : fibersOf(memory)

/** The main thread's view of one thread. */
interface Thread {
  readonly memory: SharedArrayBuffer
  readonly counters: BigInt64Array<SharedArrayBuffer>
  readonly volumes: Float64Array<SharedArrayBuffer>
  /** What `conn.open` stood at when the present writer was attached: what dead writers left behind. */
  openBase: bigint
  /** Present while a writer is attached. */
  attached: { readonly port: MessagePort; readonly ring: RingReader } | undefined
}

/** Numbers of all threads of this process: counters at any moment, timers through one sample each. */
export class ConnectionStats extends Context.Service<
  ConnectionStats,
  {
    /**
     * Shared memory and a fresh port for the writer on `thread`. The same number again continues the same totals and
     * starts `conn.open` anew; a writer still attached there counts as lost.
     */
    readonly attachThread: (thread: number) => SharedStats
    /** The writer on `thread` is gone: takes what it observed, keeps its totals, subtracts what it had open. */
    readonly threadLost: (thread: number) => void
    /** A counter's value over all threads, exact at this moment. */
    readonly read: (counter: Counter) => number
    /** Bytes carried one way over all threads up to this moment, those of open connections among them. */
    readonly carried: (way: Way) => number
    /** Fibers alive on threads that count theirs in `fiberCell`. */
    readonly fibers: () => number
    /** How the event loop of an attached thread does. */
    readonly loop: (thread: number) => LoopFacts
    /** A timer's figures over everything observed up to this moment. */
    readonly timer: (name: TimerName) => TimerSnapshot
    /** Takes in what threads have observed; also done every 100 ms and by `timer`. */
    readonly drain: () => void
  }
>()("ghostunnel/ConnectionStats") {
  /** Records. Drains every 100 ms and ticks the rates every 5 s while its scope is open. */
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

  /** Records nothing and runs nothing, for a process without a status port or push ("no sink, no metrics"). */
  static readonly layerNone: Layer.Layer<ConnectionStats> = Layer.effect(
    ConnectionStats,
    Effect.gen(function* () {
      const ports: Array<MessagePort> = []
      yield* Effect.addFinalizer(() => Effect.sync(() => ports.forEach((port) => void port.close())))
      const nothing = new Timer(0, () => 0).snapshot()
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
  const timers: Readonly<Record<TimerName, Timer>> = {
    "conn.handshake": new Timer(created, Math.random),
    "conn.lifetime": new Timer(created, Math.random)
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
