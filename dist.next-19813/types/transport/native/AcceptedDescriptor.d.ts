/** A connection the kernel has accepted: unread, and still nobody's. */
import type { EndpointName, RawConnection } from "../Transport.ts";
import type { Descriptor } from "./Descriptor.ts";
import type { Ends } from "./NativeStream.ts";
/** The raw connection that the native listener hands out and `accept` takes. */
export declare class AcceptedDescriptor implements RawConnection {
    #private;
    readonly ends: Ends;
    constructor(descriptor: Descriptor, ends: Ends);
    get remote(): EndpointName;
    /** Hands the socket over, once. From then on `reset` does nothing. */
    take(): Descriptor | undefined;
    readonly reset: () => void;
}
