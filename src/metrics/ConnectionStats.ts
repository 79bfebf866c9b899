/**
 * The numbers the data path writes. Names, units, percentiles and formats live elsewhere in `metrics/`; here are counters in
 * shared memory and a ring of timer observations per thread (design: numbers cross threads in order and in full).
 */
import { Context } from "effect"
import type { MessagePort } from "node:worker_threads"

/** Counters (and the one gauge, `conn.open`) by the names of the contract (status, section 7). */
export type Counter =
  | "conn.open"
  | "conn.timeout"
  | "accept.total"
  | "accept.success"
  | "accept.error"
  | "accept.timeout"
export type TimerName = "conn.handshake" | "conn.lifetime"

/** One thread's end: the only writer of its block. Both are plain calls, cheap enough for every connection. */
export interface ThreadStats {
  readonly add: (counter: Counter, by: 1 | -1) => void
  /** Records one observation, made now, in nanoseconds. */
  readonly observe: (timer: TimerName, nanos: number) => void
}

/** What a thread needs to write: goes to a worker with the port in its transfer list. */
export interface SharedStats {
  readonly memory: SharedArrayBuffer
  /** Takes batches of observations when the ring is full. */
  readonly overflow: MessagePort
}
