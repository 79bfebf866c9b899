/** V8's two kinds of profile as stacks with numbers. */
import type { RawProfile } from "./ProfiledThread.ts";
interface CallFrame {
    readonly functionName: string;
    readonly url: string;
    /** 0-based; -1: unknown. */
    readonly lineNumber: number;
    readonly columnNumber: number;
}
/** The `.cpuprofile` format, as far as it is read. */
export interface CpuProfile {
    readonly nodes: ReadonlyArray<{
        readonly id: number;
        readonly callFrame: CallFrame;
        readonly children?: ReadonlyArray<number>;
    }>;
    /** Microseconds. */
    readonly startTime: number;
    readonly endTime: number;
    readonly samples?: ReadonlyArray<number>;
    /** Microseconds from sample to sample, the first from the start. */
    readonly timeDeltas?: ReadonlyArray<number>;
}
interface HeapNode {
    readonly callFrame: CallFrame;
    readonly selfSize: number;
    readonly children: ReadonlyArray<HeapNode>;
    readonly id?: number;
}
/** A `HeapProfiler.SamplingHeapProfile` of the inspector, as far as it is read. */
export interface HeapProfile {
    readonly head: HeapNode;
    readonly samples?: ReadonlyArray<{
        readonly nodeId: number;
    }>;
}
/** Values: samples, and nanoseconds. */
export declare const fromCpu: (profile: CpuProfile) => RawProfile;
/** Values: how many objects were sampled, and how many bytes they stand for. */
export declare const fromHeap: (profile: HeapProfile) => RawProfile;
export {};
