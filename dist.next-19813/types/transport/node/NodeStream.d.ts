/** An open connection of the Node transport: the socket, what is known about its ends, and how it is given up. */
import type { Socket } from "node:net";
import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { EndpointName, Stream, TlsFacts } from "../Transport.ts";
import type { ScratchReader } from "./ScratchReader.ts";
/** Ends a socket: what is queued goes out, for TLS with close_notify, then it is destroyed; after a grace in any case. */
export declare const closeGently: (socket: Socket) => void;
/** The stream that `accept` and `dial` give out and `pump` takes. */
export declare class NodeStream implements Stream {
    #private;
    readonly socket: Socket;
    readonly remote: EndpointName;
    readonly local: EndpointName;
    readonly tls: TlsFacts | undefined;
    /** What its bytes come from, if they do not come as `data` events. */
    readonly reader: ScratchReader | undefined;
    /** A TLS error that Node reported without destroying the socket. */
    tlsError: Error | undefined;
    constructor(socket: Socket, ends: {
        readonly remote: EndpointName;
        readonly local: EndpointName;
    }, more?: {
        readonly tls?: TlsFacts;
        readonly reader?: ScratchReader | undefined;
    });
    /** `read tcp A->B`, `write tcp A->B`. */
    operation(verb: "read" | "write"): string;
    readonly prefix: (bytes: Uint8Array) => Effect.Effect<void, ConnectionFailure>;
    readonly close: () => void;
}
