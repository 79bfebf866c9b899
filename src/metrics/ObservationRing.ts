/**
 * One thread's metrics in shared memory: counters, and a single-producer single-consumer ring of timer observations. When the
 * ring is full, the writer allocates a segment, a second block of shared memory, sends it over the port at once, and writes
 * there until the reader has emptied the ring. So every observation is in shared memory as soon as it is made: none is
 * dropped, none is lost with a thread that dies, and the reader gets each thread's observations in order.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"

/** One observation: which timer, when (Unix milliseconds with fraction), how long (nanoseconds). */
export interface Observation {
  readonly timer: number
  readonly at: number
  readonly nanos: number
}

/**
 * Observations the ring holds; a power of two. At 24 bytes each and a drain every 100 ms, enough for 40 000 a second per
 * thread.
 */
export const ringCapacity = 4096
/** Observations one overflow segment holds. */
export const segmentCapacity = 1024

// Layout of the ring block, in bytes: head at 0, tail at 64, counters at 128, volumes at 192, entries from 256. Head and tail
// have cache lines of their own.
const headIndex = 0
const tailIndex = 16
const countersOffset = 128
const volumesOffset = 192
const entriesOffset = 256
const entryWidth = 3
const ringBytes = entriesOffset + ringCapacity * entryWidth * 8

// Layout of a segment: count, sealed, and the ring's tail when the segment was opened; entries from byte 16.
const countIndex = 0
const sealedIndex = 1
const startIndex = 2
const segmentEntriesOffset = 16

/** Shared memory for one thread: counters at zero and an empty ring. */
export const allocate = (): SharedArrayBuffer => new SharedArrayBuffer(ringBytes)

/** The counters in a thread's block; only that thread writes them, with `Atomics`. */
export const countersOf = (memory: SharedArrayBuffer, length: number): BigInt64Array<SharedArrayBuffer> =>
  new BigInt64Array(memory, countersOffset, length)

/** Byte totals in a thread's block. Only that thread writes them, without `Atomics`: each is one aligned double. */
export const volumesOf = (memory: SharedArrayBuffer, length: number): Float64Array<SharedArrayBuffer> =>
  new Float64Array(memory, volumesOffset, length)

const put = (entries: Float64Array, index: number, timer: number, at: number, nanos: number): void => {
  const offset = index * entryWidth
  entries[offset] = timer
  entries[offset + 1] = at
  entries[offset + 2] = nanos
}

const take = (entries: Float64Array, index: number): Observation => {
  const offset = index * entryWidth
  return { timer: entries[offset] ?? 0, at: entries[offset + 1] ?? 0, nanos: entries[offset + 2] ?? 0 }
}

class Segment {
  readonly memory: SharedArrayBuffer
  readonly header: Int32Array<SharedArrayBuffer>
  readonly entries: Float64Array<SharedArrayBuffer>
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.header = new Int32Array(memory, 0, 3)
    this.entries = new Float64Array(memory, segmentEntriesOffset)
  }
}

const openSegment = (start: number): Segment => {
  const segment = new Segment(new SharedArrayBuffer(segmentEntriesOffset + segmentCapacity * entryWidth * 8))
  segment.header[startIndex] = start
  return segment
}

/** The write side of a thread's ring. One per block and attachment. */
export class RingWriter {
  readonly #header: Int32Array<SharedArrayBuffer>
  readonly #entries: Float64Array<SharedArrayBuffer>
  readonly #overflow: MessagePort
  #segment: Segment | undefined

  constructor(memory: SharedArrayBuffer, overflow: MessagePort) {
    this.#header = new Int32Array(memory, 0, countersOffset / 4)
    this.#entries = new Float64Array(memory, entriesOffset)
    this.#overflow = overflow
    this.#segment = undefined
  }

  /** Stores one observation; other threads can read it when this returns. */
  write(timer: number, at: number, nanos: number): void {
    const tail = Atomics.load(this.#header, tailIndex)
    const used = (tail - Atomics.load(this.#header, headIndex)) | 0
    if (this.#segment !== undefined && used === 0) {
      // The reader has emptied the ring. Seal the segment and write to the ring again; the reader drains the segment first.
      Atomics.store(this.#segment.header, sealedIndex, 1)
      this.#segment = undefined
    }
    if (this.#segment !== undefined || used === ringCapacity) {
      this.#writeSegment(this.#segment ?? this.#next(tail), tail, timer, at, nanos)
      return
    }
    put(this.#entries, tail & (ringCapacity - 1), timer, at, nanos)
    Atomics.store(this.#header, tailIndex, (tail + 1) | 0)
  }

  #writeSegment(current: Segment, tail: number, timer: number, at: number, nanos: number): void {
    let segment = current
    let count = Atomics.load(segment.header, countIndex)
    if (count === segmentCapacity) {
      Atomics.store(segment.header, sealedIndex, 1)
      segment = this.#next(tail)
      count = 0
    }
    put(segment.entries, count, timer, at, nanos)
    Atomics.store(segment.header, countIndex, count + 1)
  }

  #next(tail: number): Segment {
    const segment = openSegment(tail)
    this.#segment = segment
    this.#overflow.postMessage(segment.memory)
    return segment
  }
}

/** The read side of a thread's ring, on the main thread. */
export class RingReader {
  readonly #header: Int32Array<SharedArrayBuffer>
  readonly #entries: Float64Array<SharedArrayBuffer>
  readonly #overflow: MessagePort
  readonly #segments: Array<Segment> = []
  #taken = 0

  constructor(memory: SharedArrayBuffer, overflow: MessagePort) {
    this.#header = new Int32Array(memory, 0, countersOffset / 4)
    this.#entries = new Float64Array(memory, entriesOffset)
    this.#overflow = overflow
  }

  /** Appends every observation made before this call to `into`, in order. */
  drain(into: Array<Observation>): void {
    // Read the tail first: ring entries before it precede every segment that has not arrived at the port yet.
    const tail = Atomics.load(this.#header, tailIndex)
    for (let next = receiveMessageOnPort(this.#overflow); next; next = receiveMessageOnPort(this.#overflow)) {
      const memory: unknown = next.message
      if (memory instanceof SharedArrayBuffer) this.#segments.push(new Segment(memory))
    }
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      const start = segment.header[startIndex] ?? 0
      this.#drainRing(start, into)
      // Read the seal first: a count read after the seal is final.
      const sealed = Atomics.load(segment.header, sealedIndex) === 1
      const count = Atomics.load(segment.header, countIndex)
      while (this.#taken < count) into.push(take(segment.entries, this.#taken++))
      if (!sealed) return
      this.#segments.shift()
      this.#taken = 0
    }
    this.#drainRing(tail, into)
  }

  #drainRing(to: number, into: Array<Observation>): void {
    let head = Atomics.load(this.#header, headIndex)
    while (((to - head) | 0) > 0) {
      into.push(take(this.#entries, head & (ringCapacity - 1)))
      head = (head + 1) | 0
    }
    Atomics.store(this.#header, headIndex, head)
  }
}
