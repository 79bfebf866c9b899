/** A connection the kernel has accepted: paused, unread, and still nobody's. */
import type { Socket } from "node:net";
import type { EndpointName, RawConnection } from "../Transport.ts";
/** The raw connection that the Node listener hands out and `accept` takes. */
export declare class AcceptedSocket implements RawConnection {
    #private;
    readonly remote: EndpointName;
    readonly local: EndpointName;
    constructor(socket: Socket, ends: {
        readonly remote: EndpointName;
        readonly local: EndpointName;
    });
    /** Hands the socket over, once. From then on `reset` does nothing. */
    take(): Socket | undefined;
    readonly reset: () => void;
}
