import type { CloseReason, ConnectionRecord } from "./ConnectionRecord.ts";
export interface OpenConnections {
    /** Takes a record of the thread and passes it on. */
    readonly record: (record: ConnectionRecord) => void;
    /** Ends whatever is open; what the thread says after that is dropped. Idempotent. */
    readonly abandon: (reason: CloseReason) => void;
}
/** Follows one thread's records. Without facts nothing is remembered and nothing ended. */
export declare const followOpen: (record: (record: ConnectionRecord) => void) => OpenConnections;
