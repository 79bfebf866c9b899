/**
 * The numbers the data path writes. Names, units, percentiles and formats live elsewhere in `metrics/`; here are counters in
 * shared memory and a ring of timer observations per thread (design: numbers cross threads in order and in full).
 */
import { type MessagePort } from "node:worker_threads";
import { Context, Layer } from "effect";
import { type LoopFacts } from "./LoopMeter.ts";
import { type TimerSnapshot } from "./Timer.ts";
/** Counters (and the one gauge, `conn.open`) by the names of the contract (status, section 7). */
export type Counter = "conn.open" | "conn.timeout" | "accept.total" | "accept.success" | "accept.error" | "accept.timeout";
export type TimerName = "conn.handshake" | "conn.lifetime";
/** From the accepted to the dialled side, and back. */
export type Way = "forwarded" | "returned";
/** One thread's end: the only writer of its block. Both are plain calls, cheap enough for every connection. */
export interface ThreadStats {
    readonly add: (counter: Counter, by: 1 | -1) => void;
    /** Records one observation, made now, in nanoseconds. */
    readonly observe: (timer: TimerName, nanos: number) => void;
    /** Counts bytes whose write has completed. */
    readonly carried: (way: Way, bytes: number) => void;
}
/** What a thread needs to write: goes to a worker with the port in its transfer list. */
export interface SharedStats {
    readonly memory: SharedArrayBuffer;
    /** Takes batches of observations when the ring is full. */
    readonly overflow: MessagePort;
}
/** The writing end, in any thread. Make one per `SharedStats`, in the thread it is meant for. */
export declare const writer: (shared: SharedStats) => ThreadStats;
/** Where the writer's thread leaves how its event loop does. */
export declare const loopCell: ({ memory }: SharedStats) => Float64Array;
/** Where the thread's live fibers are counted: one number, which nobody else may write. */
export declare const fiberCell: ({ memory }: SharedStats) => Int32Array;
declare const ConnectionStats_base: Context.ServiceClass<ConnectionStats, "ghostunnel/ConnectionStats", {
    /**
     * Shared memory and a fresh port for the writer on `thread`. The same number again continues the same totals and
     * starts `conn.open` anew; a writer still attached there counts as lost.
     */
    readonly attachThread: (thread: number) => SharedStats;
    /** The writer on `thread` is gone: takes what it observed, keeps its totals, subtracts what it had open. */
    readonly threadLost: (thread: number) => void;
    /** A counter's value over all threads, exact at this moment. */
    readonly read: (counter: Counter) => number;
    /** Bytes carried one way over all threads up to this moment, those of open connections among them. */
    readonly carried: (way: Way) => number;
    /** Fibers alive on threads that count theirs in `fiberCell`. */
    readonly fibers: () => number;
    /** How the event loop of an attached thread does. */
    readonly loop: (thread: number) => LoopFacts;
    /** A timer's figures over everything observed up to this moment. */
    readonly timer: (name: TimerName) => TimerSnapshot;
    /** Takes in what threads have observed; also done every 100 ms and by `timer`. */
    readonly drain: () => void;
}>;
/** Numbers of all threads of this process: counters at any moment, timers through one sample each. */
export declare class ConnectionStats extends ConnectionStats_base {
    /** Records. Drains every 100 ms and ticks the rates every 5 s while its scope is open. */
    static readonly layer: Layer.Layer<ConnectionStats>;
    /** Records nothing and runs nothing, for a process without a status port or push ("no sink, no metrics"). */
    static readonly layerNone: Layer.Layer<ConnectionStats>;
}
export {};
