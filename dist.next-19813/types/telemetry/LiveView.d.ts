/**
 * What a person wants to see of the last minutes: open connections by identity, rates, how long handshakes took, who was
 * refused and why. Made of connection records alone; bounded in size whatever comes.
 */
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
/** One span of time. */
export interface Interval {
    /** Its beginning, Unix milliseconds. */
    readonly at: number;
    readonly opened: number;
    readonly failed: number;
    readonly forwarded: number;
    readonly returned: number;
    /** Handshakes of servers, dials of clients: seconds, by percentile; absent without one. */
    readonly p50?: number;
    readonly p99?: number;
}
/** A connection that did not come about. */
export interface Refusal {
    /** Unix milliseconds. */
    readonly at: number;
    readonly client: string;
    readonly stage: string;
    readonly reason: string;
    readonly message: string;
}
export interface LiveIdentity {
    readonly identity: string;
    readonly open: number;
    readonly total: number;
}
export interface LiveSnapshot {
    readonly identities: ReadonlyArray<LiveIdentity>;
    /** Identities that are not listed. */
    readonly hidden: number;
    /** Oldest first; the last one is not over yet. */
    readonly intervals: ReadonlyArray<Interval>;
    /** Newest first. */
    readonly refusals: ReadonlyArray<Refusal>;
}
/** Milliseconds of an interval. */
export declare const intervalMillis = 5000;
interface Totals {
    readonly forwarded: number;
    readonly returned: number;
}
export declare class LiveView {
    #private;
    /** `carried` tells the bytes carried so far; `now` is Unix milliseconds. */
    constructor(carried: () => Totals, now: () => number, random?: () => number);
    record(record: ConnectionRecord): void;
    snapshot(): LiveSnapshot;
    /** Closes the interval when its time is over; silent ones in between are empty. Bytes carried count where it is called in time. */
    advance(): void;
}
export {};
