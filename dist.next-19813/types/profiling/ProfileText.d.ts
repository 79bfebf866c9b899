/** Profiles in the text forms of `debug=1` and `debug=2` (contract: status, section 10.1). */
import type { HeapSize, LoopDelay } from "./ProfiledThread.ts";
import type { Frame, Profile } from "./ProfileProto.ts";
/** A fiber whose places are known. */
export interface FiberFacts {
    readonly id: number;
    readonly thread: string;
    readonly state: ReadonlyArray<string>;
    readonly stack: ReadonlyArray<Frame>;
}
/** Of a profile that counts one thing; the last word of the first line is the total. */
export declare const countText: (name: string, profile: Profile) => string;
/** One by one, with state and, for connections, stage and peer. */
export declare const fibersText: (fibers: ReadonlyArray<FiberFacts>, comments: ReadonlyArray<string>) => string;
/** What the process takes in memory, bytes. */
export interface MemoryFacts {
    readonly rss: number;
    readonly threads: ReadonlyArray<readonly [thread: string, size: HeapSize]>;
}
/** Of the sampled objects that live: numbers in brackets are of all allocations in Go, here of the same objects. */
export declare const heapText: (profile: Profile, memory: MemoryFacts) => string;
/** Nothing waits for locks here; what blocks is an event loop that is busy, and by how much it was late is told. */
export declare const contentionText: (name: "block" | "mutex", delays: ReadonlyArray<readonly [thread: string, delay: LoopDelay]>, comments: ReadonlyArray<string>) => string;
