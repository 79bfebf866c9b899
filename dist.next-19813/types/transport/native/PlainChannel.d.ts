/** A socket without TLS. */
import { type Channel } from "./Channel.ts";
import { type NativeThread } from "./NativeThread.ts";
export declare class PlainChannel implements Channel {
    #private;
    error: unknown;
    failed: boolean;
    readonly readNeedsWrite = false;
    constructor(thread: NativeThread, fd: number);
    fill(): number;
    hasMore(): boolean;
    write(at: bigint, size: number): number;
    flush(): boolean;
    endWrites(): boolean;
    free(): void;
}
