/** One way of a pumped connection: reads from one channel, writes to the other, and knows how it ended. */
import type { FailureSource } from "../ConnectionFailure.ts";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { NativeStream } from "./NativeStream.ts";
import type { NativeThread } from "./NativeThread.ts";
/** How a direction ended. */
export type DirectionEnd = "eof" | "reset" | "error" | "timeout";
/** The two ends of a direction, what they are called in failures, and who wants to know. */
export interface DirectionOptions {
    readonly from: NativeStream;
    readonly to: NativeStream;
    /** Who is behind `from`. */
    readonly source: FailureSource;
    /** Who is behind `to`. */
    readonly sink: FailureSource;
    /** Bytes the kernel has taken just now. */
    readonly carried: (bytes: number) => void;
    readonly onEnded: (direction: Direction) => void;
}
export declare class Direction {
    #private;
    /** Bytes the kernel has taken. */
    bytes: number;
    end: DirectionEnd | undefined;
    failure: ConnectionFailure | undefined;
    constructor(thread: NativeThread, ends: DirectionOptions);
    get wantsToRead(): boolean;
    get wantsToWrite(): boolean;
    /** From now on activity is timed. */
    watch(): void;
    /** Milliseconds without a byte read or written. */
    idleMillis(): number;
    /** Moves what can be moved. True when there may be more that raises no event. */
    run(): boolean;
    /** Runs it again in the next turn of the loop, once. */
    takeTurn(run: () => void): void;
    /** Ends it now, as a timeout. What waits for the sink stays: `drain` may still write it. */
    cut(): void;
    /** Ends it without a word: its TLS session is dead. */
    abandon(): void;
    /** Writes what was left when it ended. True when there is nothing left. */
    readonly drain: () => boolean;
    /** Gives back its memory. */
    release(): void;
}
