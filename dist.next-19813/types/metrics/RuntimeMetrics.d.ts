/**
 * The `runtime.*` numbers (contract: status, section 5.2): the names of the Go program, filled from what Node knows. Gauges
 * change only once every `--metrics-interval`; garbage collections of this thread are recorded as they are reported.
 */
import { type HeapInfo } from "node:v8";
import { Context, Duration, Layer } from "effect";
import { type Distribution } from "./Distribution.ts";
/** What a refresh looks at. */
export interface RuntimeSources {
    readonly heap: Pick<HeapInfo, "total_heap_size" | "total_physical_size" | "used_heap_size"> & {
        readonly total_allocated_bytes?: number;
    };
    /** Resident memory of the process, bytes. */
    readonly rss: number;
    /** Live fibers. */
    readonly fibers: number;
    readonly collections: number;
    /** Time spent in collections, seconds. */
    readonly pauseSeconds: number;
    readonly uptimeSeconds: number;
}
/** One gauge by its name in the contract; bytes, plain numbers, or a fraction of 1 (`cpu-fraction`, the only non-integer). */
export type RuntimeGauge = readonly [name: string, value: number];
/** The 18 gauges. Those that Node has no source for are 0. */
export declare const gauges: (sources: RuntimeSources) => ReadonlyArray<RuntimeGauge>;
/** Garbage collection pauses, nanoseconds. */
export interface GcDurations extends Distribution {
    /** The pause recorded last; none yet: undefined. */
    readonly latest: number | undefined;
}
declare const RuntimeMetrics_base: Context.ServiceClass<RuntimeMetrics, "ghostunnel/RuntimeMetrics", {
    /** The gauges as of the latest refresh; empty before the first. */
    readonly gauges: () => ReadonlyArray<RuntimeGauge>;
    /** Pauses so far. */
    readonly gcDurations: () => GcDurations;
}>;
/** Runtime numbers of the main thread. */
export declare class RuntimeMetrics extends RuntimeMetrics_base {
    /**
     * Refreshes every `interval`, first at start + interval. Zero or negative: never, and collections are not watched.
     * `otherFibers` are those that live on other threads.
     */
    static readonly layer: (interval: Duration.Duration, otherFibers?: () => number) => Layer.Layer<RuntimeMetrics>;
}
export {};
