/** An open connection of the native transport: the socket, what runs on it, and how it is given up. */
import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { EndpointName, Stream, TlsFacts } from "../Transport.ts";
import type { Channel } from "./Channel.ts";
import type { Descriptor } from "./Descriptor.ts";
import type { Native } from "./Native.ts";
/** The two ends of a connection. */
export interface Ends {
    readonly remote: EndpointName;
    readonly local: EndpointName;
}
/** The stream that `accept` and `dial` give out and `pump` takes. */
export declare class NativeStream implements Stream {
    #private;
    readonly descriptor: Descriptor;
    readonly channel: Channel;
    readonly tls: TlsFacts | undefined;
    constructor(native: Native, descriptor: Descriptor, channel: Channel, ends: Ends, tls?: TlsFacts);
    get remote(): EndpointName;
    get local(): EndpointName;
    /** `read tcp A->B`, `write tcp A->B`. */
    operation(verb: "read" | "write"): string;
    readonly prefix: (bytes: Uint8Array) => Effect.Effect<void, ConnectionFailure>;
    readonly close: () => void;
    /**
     * Closes it: what `rest` still has to write goes out first (it says when that is done), then close_notify; after a grace
     * in any case. `closed` is called once it is.
     */
    finish(rest?: () => boolean, closed?: () => void): void;
    /** Closes it at once; nobody is told. Idempotent. */
    destroy(): void;
}
