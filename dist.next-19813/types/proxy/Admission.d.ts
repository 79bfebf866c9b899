/**
 * `--max-concurrent-conns` over all threads: slots in shared memory, taken before a connection is accepted and returned
 * after it closed. A thread that finds none free leaves its mark once, and freed slots are handed to marked threads in
 * turn: waiting clients are served in order of arrival within a thread, and no thread starves
 * (contract: command line, section 4.4).
 */
/** One thread's view of the slots. */
export interface Admission {
    /** Takes a slot. On `false` the thread is marked, and `onGrant` is called once a slot has been set aside for it. */
    readonly tryEnter: () => boolean;
    /** Returns one slot taken by this thread. */
    readonly leave: () => void;
    /** Withdraws the mark; a slot set aside meanwhile goes back. Call once, when the thread takes no more connections. */
    readonly close: () => void;
}
/** No limit: nothing is counted and nobody waits. */
export declare const unlimited: Admission;
/** The slots as threads share them: a plain value for `workerData`. */
export interface SharedSlots {
    readonly memory: SharedArrayBuffer;
    readonly threads: number;
}
export declare const makeShared: (limit: number, threads: number) => SharedSlots;
/** Slots that are taken, for connections or about to be. */
export declare const slotsTaken: ({ memory, threads }: SharedSlots) => number;
/**
 * Joins the thread to the slots. `onGrant` runs with a slot set aside that the next `tryEnter` takes; one that it leaves
 * untaken goes to the next thread.
 */
export declare const join: (shared: SharedSlots, thread: number, onGrant: () => void) => Admission;
/** Takes back everything a thread held when it died. */
export declare const threadLost: (shared: SharedSlots, thread: number) => void;
