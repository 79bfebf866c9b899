/** One socket: its one owner, what waits for it, and how it is closed. After that it does nothing any more. */
import type { Native } from "./Native.ts";
import type { Watched } from "./Poller.ts";
export declare class Descriptor implements Watched {
    #private;
    readonly fd: number;
    mask: number;
    serial: number;
    /** Called with what epoll reports; may come without reason. */
    onReady: (mask: number) => void;
    constructor(native: Native, fd: number);
    get open(): boolean;
    /** Waits for these events from now on; for nothing with 0. */
    wait(mask: number): void;
    /** Closes it. Idempotent. */
    close(): void;
    /** Closes it with a reset, on TCP. Idempotent. */
    reset(): void;
}
