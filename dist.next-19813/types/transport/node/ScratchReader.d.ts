/**
 * Reads plain sockets into one buffer per thread. Node otherwise takes 64 KiB from the heap's outside for each read,
 * however small, and V8 answers with a full garbage collection for every 64 MiB of them.
 */
import { Buffer } from "node:buffer";
import type { OnReadOpts } from "node:net";
/** What a socket made with `options` reads goes to the taker, as a view that is valid during the call only. */
export declare class ScratchReader {
    #private;
    readonly options: OnReadOpts;
    /** Sets the taker. */
    readonly start: (take: (view: Buffer) => void) => void;
}
