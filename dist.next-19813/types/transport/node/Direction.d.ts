import { ConnectionFailure, type FailureSource } from "../ConnectionFailure.ts";
import type { NodeStream } from "./NodeStream.ts";
/** How a direction ended. */
export type DirectionEnd = "eof" | "reset" | "error" | "timeout";
/** The two ends of a direction, what they are called in failures, and who wants to know. */
export interface DirectionOptions {
    readonly from: NodeStream;
    readonly to: NodeStream;
    /** Who is behind `from`. */
    readonly source: FailureSource;
    /** Who is behind `to`. */
    readonly sink: FailureSource;
    /** Bytes whose write has completed just now. */
    readonly carried: (bytes: number) => void;
    readonly onEnded: (direction: Direction) => void;
}
/** One direction, from `start` until `onEnded` is called. */
export declare class Direction {
    #private;
    /** Bytes whose write has completed. */
    bytes: number;
    end: DirectionEnd | undefined;
    failure: ConnectionFailure | undefined;
    constructor(ends: DirectionOptions);
    /** Attaches to both sockets; nothing flows before `flow`. */
    attach(): void;
    /** Begins to read, or takes note of what happened to the source before. */
    flow(): void;
    detach(): void;
    /** From now on activity is timed. */
    watch(): void;
    /** Milliseconds without a byte read, written, or taken by the kernel. */
    idleMillis(): number;
    /** Ends it now, as a timeout. */
    cut(): void;
    /** Ends it without a word: its TLS session is dead. */
    abandon(): void;
}
