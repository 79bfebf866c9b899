/**
 * Records that a thread has sent and the main thread has not taken. When the log's reader stops, the main thread stops with
 * it, and records would pile up without end: a thread with many of them takes no new connections until they are gone.
 */
export declare class Backlog {
    #private;
    constructor(memory: SharedArrayBuffer);
    /** What both threads are given. */
    static readonly allocate: () => SharedArrayBuffer;
    sent(records: number): void;
    taken(records: number): void;
    get isFull(): boolean;
}
