/**
 * One thread's numbers in shared memory (design: numbers cross threads in order and in full): six counters, and a
 * single-producer single-consumer ring of timer observations. When the ring is full the writer opens a segment, a second
 * piece of shared memory, and sends it over a port at once; it writes there until the ring is empty again. So every
 * observation is in shared memory the moment it is made: nothing is dropped, nothing waits in a dying thread, and the
 * reader sees each thread's observations in the order they were made.
 */
import { type MessagePort } from "node:worker_threads";
/** One timer observation: which timer, when (Unix milliseconds with fraction), how long (nanoseconds). */
export interface Observation {
    readonly timer: number;
    readonly at: number;
    readonly nanos: number;
}
/** Observations the ring holds; a power of two. At 24 bytes each, and a drain every 100 ms: 40 000 a second per thread. */
export declare const ringCapacity = 4096;
/** Observations one overflow segment holds. */
export declare const segmentCapacity = 1024;
/** Shared memory for one thread: zeroed counters and an empty ring. */
export declare const allocate: () => SharedArrayBuffer;
/** The counters in a thread's block; written with `Atomics` by that thread only. */
export declare const countersOf: (memory: SharedArrayBuffer, length: number) => BigInt64Array<SharedArrayBuffer>;
/** Sums of bytes in a thread's block; written by that thread only, without `Atomics`: each is one aligned double. */
export declare const volumesOf: (memory: SharedArrayBuffer, length: number) => Float64Array<SharedArrayBuffer>;
/** How the thread's event loop does; see `LoopMeter`. */
export declare const loopOf: (memory: SharedArrayBuffer) => Float64Array<SharedArrayBuffer>;
/** The one number behind the counters: how many fibers live on the thread. */
export declare const fibersOf: (memory: SharedArrayBuffer) => Int32Array<SharedArrayBuffer>;
/** The producing end of a thread's ring. One per block and attachment. */
export declare class RingWriter {
    #private;
    constructor(memory: SharedArrayBuffer, overflow: MessagePort);
    /** Stores one observation; readers on other threads see it when this returns. */
    write(timer: number, at: number, nanos: number): void;
}
/** The consuming end of a thread's ring, on the main thread. */
export declare class RingReader {
    #private;
    constructor(memory: SharedArrayBuffer, overflow: MessagePort);
    /** Appends everything observed before this call to `into`, in the order it was made. */
    drain(into: Array<Observation>): void;
}
