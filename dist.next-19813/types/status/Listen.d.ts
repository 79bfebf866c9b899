/** Binds the status port (contract: status, section 2.1) to a server of Node's. */
import * as Net from "node:net";
import { Effect } from "effect";
import type { Address } from "../config/Address.ts";
import { BindError, type EndpointName } from "../transport/Transport.ts";
/** Where to listen. */
export interface ListenTarget {
    readonly address: Address;
    /** A descriptor that listens already, in place of binding `address`. */
    readonly inheritedFd: number | undefined;
}
/** Starts listening; what it is bound to. Closing the server is the caller's. */
export declare const listen: (server: Net.Server, target: ListenTarget) => Effect.Effect<EndpointName, BindError, never>;
