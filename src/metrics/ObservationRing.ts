/**
 * One thread's numbers in shared memory (design: numbers cross threads in order and in full): six counters, and a
 * single-producer single-consumer ring of timer observations. When the ring is full the writer opens a segment, a second
 * piece of shared memory, and sends it over a port at once; it writes there until the ring is empty again. So every
 * observation is in shared memory the moment it is made: nothing is dropped, nothing waits in a dying thread, and the
 * reader sees each thread's observations in the order they were made.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"

/** One timer observation: which timer, when (Unix milliseconds with fraction), how long (nanoseconds). */
export interface Observation {
  readonly timer: number
  readonly at: number
  readonly nanos: number
}

/** Observations the ring holds; a power of two. At 24 bytes each, and a drain every 100 ms: 40 000 a second per thread. */
export const ringCapacity = 4096
/** Observations one overflow segment holds. */
export const segmentCapacity = 1024

// The ring block: head (bytes 0), tail (64), counters (128), volumes (192), loop (208), fibers (248), entries (256). Head and tail live on lines of their own.
const headIndex = 0
const tailIndex = 16
const countersOffset = 128
const volumesOffset = 192
const loopOffset = 208
const fibersOffset = 248
const entriesOffset = 256
const entryWidth = 3
const ringBytes = entriesOffset + ringCapacity * entryWidth * 8

// A segment: count, sealed, and the ring's tail when it was opened; entries from byte 16.
const countIndex = 0
const sealedIndex = 1
const startIndex = 2
const segmentEntriesOffset = 16

/** Shared memory for one thread: zeroed counters and an empty ring. */
export const allocate = (): SharedArrayBuffer => new SharedArrayBuffer(ringBytes)

/** The counters in a thread's block; written with `Atomics` by that thread only. */
export const countersOf = (memory: SharedArrayBuffer, length: number): BigInt64Array<SharedArrayBuffer> =>
  new BigInt64Array(memory, countersOffset, length)

/** Sums of bytes in a thread's block; written by that thread only, without `Atomics`: each is one aligned double. */
export const volumesOf = (memory: SharedArrayBuffer, length: number): Float64Array<SharedArrayBuffer> =>
  new Float64Array(memory, volumesOffset, length)

/** How the thread's event loop does; see `LoopMeter`. */
export const loopOf = (memory: SharedArrayBuffer): Float64Array<SharedArrayBuffer> =>
  new Float64Array(memory, loopOffset, 2)

/** The one number behind the counters: how many fibers live on the thread. */
export const fibersOf = (memory: SharedArrayBuffer): Int32Array<SharedArrayBuffer> =>
  new Int32Array(memory, fibersOffset, 1)

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

/** The producing end of a thread's ring. One per block and attachment. */
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

  /** Stores one observation; readers on other threads see it when this returns. */
  write(timer: number, at: number, nanos: number): void {
    const tail = Atomics.load(this.#header, tailIndex)
    const used = (tail - Atomics.load(this.#header, headIndex)) | 0
    if (this.#segment !== undefined && used === 0) {
      // The reader has emptied the ring: what follows goes there again, after everything in the segment.
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

/** The consuming end of a thread's ring, on the main thread. */
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

  /** Appends everything observed before this call to `into`, in the order it was made. */
  drain(into: Array<Observation>): void {
    // The tail first: what lies before it precedes every segment that is not in the port yet.
    const tail = Atomics.load(this.#header, tailIndex)
    for (let next = receiveMessageOnPort(this.#overflow); next; next = receiveMessageOnPort(this.#overflow)) {
      const memory: unknown = next.message
      if (memory instanceof SharedArrayBuffer) this.#segments.push(new Segment(memory))
    }
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      const start = segment.header[startIndex] ?? 0
      this.#drainRing(start, into)
      // Sealed first: a count read after the seal is final.
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
