/** What every connection's socket is set to (contract: command line, section 4.1). */
import type { Socket } from "node:net";
/** Bytes Node may hold for one socket and direction before it stops reading or asks writers to wait. */
export declare const highWaterMark: number;
/** No Nagle, keepalive after 15 s of silence, every 15 s, nine times. Does nothing on UNIX sockets. */
export declare const tune: (socket: Socket) => void;
/** Bytes the kernel has not taken yet. Zero where Node does not tell: then only finished writes count as progress. */
export declare const queuedBytes: (socket: Socket) => number;
