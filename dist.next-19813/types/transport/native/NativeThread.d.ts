/**
 * What a thread needs to speak to C: the functions, the poller, one scratch buffer, the errno. Made once per thread and kept as
 * long as it lives: C holds addresses of what is in here.
 */
import { Buffer } from "node:buffer";
import { Poller } from "./Poller.ts";
import { type Bound, type Symbols } from "./Symbols.ts";
/** Bytes of a TLS record's content at most (RFC 8446, section 5.1). */
export declare const recordSize = 16384;
/** Memory that C reads and writes: off the heap, never resized, reachable as long as this object is. */
export declare class Memory {
    readonly bytes: Buffer;
    readonly at: bigint;
    constructor(bound: Pick<Bound, "ffi">, size: number);
}
/** Bytes of the scratch buffer and of every held buffer. */
export declare const scratchSize: number;
/** Throws where the platform, Node or its OpenSSL lack something. */
export declare class NativeThread {
    #private;
    readonly bound: Bound;
    readonly f: Symbols;
    readonly poller: Poller;
    /** Every read of the thread goes through it; what is in it is good until the next one. */
    readonly scratch: Memory;
    /** Addresses of the scratch buffer's four records. */
    readonly slots: readonly [bigint, bigint, bigint, bigint];
    constructor();
    /**
     * The error of the socket call just made; only to be asked after a result that says there was one. V8 may have made calls
     * of its own since, whose errors are no socket's: then it is `EAGAIN`, and the next try tells.
     */
    errno(): number;
    /** Whether the call just made only has to be made again later. */
    mustWait(): boolean;
    /** Empties OpenSSL's error queue, unless nothing can have got into it since the last time. */
    cleanErrors(): void;
    /** Something on this thread has used OpenSSL otherwise, or a call of ours has failed. */
    errorsPossible(): void;
    /** A buffer for what a peer did not take. */
    hold(): Memory;
    /** Gives one back. */
    release(memory: Memory): void;
    /** The text behind a pointer to one of OpenSSL's constants; empty for none. */
    constant(pointer: bigint): string;
    /** The text behind a pointer that OpenSSL may change or free later. */
    text(pointer: bigint): string;
    /** From now on the descriptor is closed when this thread ends without having closed it. */
    adopt(fd: number): void;
    /** Closes an adopted descriptor. */
    close(fd: number): void;
}
