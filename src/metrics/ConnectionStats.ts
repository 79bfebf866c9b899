/**
 * Connection metrics that the data path records: counters in shared memory, and one ring of timer observations, per tunnel and
 * thread. Names, units, percentiles and formats are defined in the other files of `metrics/`.
 */

import { MessageChannel, type MessagePort } from "node:worker_threads"
import { Clock, Context, Effect, Layer } from "effect"
import { type LoopFacts, loopFacts } from "./LoopMeter.ts"
import { tickSeconds } from "./Meter.ts"
import { allocate, countersOf, type Observation, RingReader, RingWriter, volumesOf } from "./ObservationRing.ts"
import { allocateVitals, fiberCell, loopCell, noVitals } from "./ThreadVitals.ts"
import { every } from "./Ticker.ts"
import { TimerMetric, type TimerSnapshot } from "./TimerMetric.ts"

/** Counters (and the one gauge, `conn.open`) by the names of the Go program (docs/compatibility/status-and-metrics.md, 7). */
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
 * The write side for one tunnel on one thread, the only writer of its block. Both calls are synchronous and cheap enough to make for every
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

/** The main thread's state for one writer: a tunnel on a thread. */
interface Block {
  readonly memory: SharedArrayBuffer
  readonly counters: BigInt64Array<SharedArrayBuffer>
  readonly volumes: Float64Array<SharedArrayBuffer>
  /** `conn.open` when the current writer was attached: connections that earlier, lost writers never closed. */
  openBase: bigint
  /** Present while a writer is attached. */
  attached: { readonly port: MessagePort; readonly ring: RingReader } | undefined
}

/** Connection metrics summed over threads; a timer has one sample for all of them. */
export interface StatsReader {
  /** A counter's value, exact at this moment. */
  readonly read: (counter: Counter) => number
  /** Bytes copied in one direction, including those of open connections. */
  readonly carried: (way: Way) => number
  /** A timer's snapshot over everything observed up to this moment. */
  readonly timer: (name: TimerName) => TimerSnapshot
}

/** Connection metrics of this process; what it reads itself is summed over all tunnels. */
export class ConnectionStats extends Context.Service<
  ConnectionStats,
  StatsReader & {
    /** The same for one tunnel. */
    readonly tunnel: (name: string) => StatsReader
    /**
     * Shared memory and a new port for the writer of a tunnel on `thread`. Attaching the same pair again continues its totals
     * and restarts `conn.open` at 0; a writer still attached there is treated as lost.
     */
    readonly attachThread: (tunnel: string, thread: number) => SharedStats
    /** Shared memory for a worker thread's own figures, at zero; see `ThreadVitals`. */
    readonly attachVitals: (thread: number) => SharedArrayBuffer
    /**
     * Call when `thread` has ended. Drains its observations, keeps its totals and drops its open connections from
     * `conn.open`.
     */
    readonly threadLost: (thread: number) => void
    /** Live fibers on all worker threads. */
    readonly fibers: () => number
    /** Event loop figures of a running worker thread; all 0 for any other. */
    readonly loop: (thread: number) => LoopFacts
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
      const reader: StatsReader = { read: () => 0, carried: () => 0, timer: () => nothing }
      return {
        ...reader,
        tunnel: () => reader,
        attachThread: () => {
          const channel = new MessageChannel()
          channel.port1.unref()
          ports.push(channel.port1)
          return { memory, overflow: channel.port2 }
        },
        attachVitals: noVitals,
        threadLost: () => {},
        fibers: () => 0,
        loop: () => ({ lag: 0, utilization: 0 }),
        drain: () => {}
      }
    })
  )
}

type Timers = Readonly<Record<TimerName, TimerMetric>>

/** One tunnel's blocks by thread, and its timers. */
interface Tunnel {
  readonly blocks: Map<number, Block>
  readonly timers: Timers
}

const open = (block: Block): bigint => Atomics.load(block.counters, slot["conn.open"])

const makeTimers = (created: number): Timers => ({
  "conn.handshake": new TimerMetric(created, Math.random),
  "conn.lifetime": new TimerMetric(created, Math.random)
})

const newBlock = (): Block => {
  const memory = allocate()
  return {
    memory,
    counters: countersOf(memory, slots),
    volumes: volumesOf(memory, volumes),
    openBase: 0n,
    attached: undefined
  }
}

const make = (nowSeconds: () => number) => {
  const tunnels = new Map<string, Tunnel>()
  const vitals = new Map<number, SharedArrayBuffer>()
  const all = makeTimers(nowSeconds())

  const record = (observations: Array<Observation>, timers: Timers): void => {
    observations.sort((a, b) => a.at - b.at)
    const now = nowSeconds()
    const byId = [timers["conn.handshake"], timers["conn.lifetime"]]
    for (const { timer, at, nanos } of observations) byId[timer]?.observe(nanos, at / 1000, now)
  }
  const drain = (): void => {
    const everything: Array<Observation> = []
    for (const { blocks, timers } of tunnels.values()) {
      const observations: Array<Observation> = []
      for (const block of blocks.values()) block.attached?.ring.drain(observations)
      if (observations.length === 0) continue
      record(observations, timers)
      everything.push(...observations)
    }
    if (everything.length > 0) record(everything, all)
  }
  const detach = (block: Block): void => {
    if (block.attached === undefined) return
    drain()
    block.attached.port.close()
    block.attached = undefined
  }
  const tunnelOf = (name: string): Tunnel => {
    const known = tunnels.get(name)
    if (known !== undefined) return known
    const tunnel = { blocks: new Map(), timers: makeTimers(nowSeconds()) }
    tunnels.set(name, tunnel)
    return tunnel
  }
  const reader = (blocks: () => Iterable<Block>, timers: Timers): StatsReader => ({
    read: (counter) => {
      let total = 0n
      for (const block of blocks()) {
        if (counter !== "conn.open") total += Atomics.load(block.counters, slot[counter])
        else if (block.attached !== undefined) total += open(block) - block.openBase
      }
      return Number(total)
    },
    carried: (way) => {
      let total = 0
      for (const block of blocks()) total += block.volumes[volume[way]] ?? 0
      return total
    },
    timer: (name) => {
      drain()
      return timers[name].snapshot()
    }
  })
  const everyBlock = function* (): Generator<Block> {
    for (const { blocks } of tunnels.values()) yield* blocks.values()
  }

  const service: ConnectionStats["Service"] = {
    ...reader(everyBlock, all),
    tunnel: (name) => {
      const { blocks, timers } = tunnelOf(name)
      return reader(() => blocks.values(), timers)
    },
    attachThread: (name, thread) => {
      const { blocks } = tunnelOf(name)
      const block = blocks.get(thread) ?? newBlock()
      detach(block)
      const { port1, port2 } = new MessageChannel()
      port1.unref()
      port2.unref()
      block.openBase = open(block)
      block.attached = { port: port1, ring: new RingReader(block.memory, port1) }
      blocks.set(thread, block)
      return { memory: block.memory, overflow: port2 }
    },
    attachVitals: (thread) => {
      const memory = allocateVitals()
      vitals.set(thread, memory)
      return memory
    },
    threadLost: (thread) => {
      vitals.delete(thread)
      for (const { blocks } of tunnels.values()) {
        const block = blocks.get(thread)
        if (block !== undefined) detach(block)
      }
    },
    loop: (thread) => loopFacts(loopCell(vitals.get(thread) ?? noVitals())),
    fibers: () => {
      let total = 0
      for (const memory of vitals.values()) total += fiberCell(memory)[0] ?? 0
      return total
    },
    drain
  }
  return {
    service,
    drain,
    tick: () => {
      drain()
      const now = nowSeconds()
      for (const timers of [all, ...Array.from(tunnels.values(), (tunnel) => tunnel.timers)])
        for (const timer of Object.values(timers)) timer.tick(now)
    },
    close: () => {
      for (const block of everyBlock()) detach(block)
    }
  }
}
