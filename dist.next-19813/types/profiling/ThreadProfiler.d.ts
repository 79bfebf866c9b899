import { FiberWatch } from "./FiberWatch.ts";
import { type ProfiledThread } from "./ProfiledThread.ts";
/** A thread that measures itself. */
export interface ThreadProfiler extends ProfiledThread {
    /** Provide it as the scheduler of all fibers that are to be seen. */
    readonly watch: FiberWatch;
    /** Ends all sampling. */
    readonly close: () => void;
}
/** Begins to sample the heap and to watch the event loop. */
export declare const start: (label: string) => Promise<ThreadProfiler>;
