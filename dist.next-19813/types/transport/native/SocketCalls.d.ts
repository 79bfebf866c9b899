/** Sockets through libc. Every function says what happened by an errno; 0 is success. */
import { Buffer } from "node:buffer";
import { type NativeThread } from "./NativeThread.ts";
import { type Decoded } from "./SockAddr.ts";
/** A failed system call, with Node's name of the errno so that the same words apply. */
export interface SystemError {
    readonly code: string;
    readonly syscall: string;
}
/** What an errno is called. */
export declare const errnoName: (errno: number) => string;
export declare const systemError: (syscall: string, errno: number) => SystemError;
/** The socket calls of one thread. */
export declare class SocketCalls {
    #private;
    constructor(thread: NativeThread);
    /** A new socket of this family, or a negative errno. */
    open(family: number): number;
    bind(fd: number, address: Buffer): number;
    listen(fd: number, backlog: number): number;
    connect(fd: number, address: Buffer): number;
    /** A connection, or a negative errno. Who it is from is then told by `peer`. */
    accept(fd: number): number;
    /** The other end of what `accept` has just returned. */
    peer(): Decoded | undefined;
    localName(fd: number): Decoded | undefined;
    remoteName(fd: number): Decoded | undefined;
    /** The error that a connection attempt ended with; 0 for none. */
    pendingError(fd: number): number;
    reuse(fd: number, port: boolean): number;
    /** What every TCP connection is set to (contract: command line, section 4.1); accepted ones inherit it from their listener. */
    tune(fd: number): void;
    nonBlocking(fd: number): number;
    /** Closes with a reset where there is such a thing. */
    reset(fd: number): void;
    endWrites(fd: number): void;
    /** Looks at what has arrived, into the scratch buffer; a negative errno, 0 at the end. */
    peek(fd: number, size: number): number;
}
/** Whether accepting has to pause because of this: descriptors or memory are short. */
export declare const mustBackOff: (errno: number) => boolean;
