import { type Layout } from "./Layout.ts";
import type { Bound } from "./Symbols.ts";
/** What is watched. `mask` and `serial` are the poller's to write. */
export interface Watched {
    readonly fd: number;
    /** The events waited for; 0 while it is not watched. */
    mask: number;
    /** Which watching this is: events of an earlier one are none of its own. */
    serial: number;
    readonly onReady: (mask: number) => void;
}
/** The epoll of one thread. It lives as long as the thread. */
export declare class Poller {
    #private;
    constructor(bound: Bound, layout: Layout, inWorker: boolean);
    /** Waits for these events from now on; for none, not even for a hang-up, with 0. */
    wait(watched: Watched, mask: number): void;
    /** Runs this in the next turn of the loop, which does not sleep before: for what is ready but raises no event. */
    soon(run: () => void): void;
}
