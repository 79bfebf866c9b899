import { type ListenOptions as NetListenOptions, type Server, Socket } from "node:net";
import type { Descriptors } from "../Transport.ts";
export declare class ListeningSocket {
    #private;
    constructor(backlog: number | undefined, onSocket: (socket: Socket, server: Server) => void);
    /** Binds, once. Errors after the bind are of accepting. */
    listen(settings: NetListenOptions, on: {
        readonly bound: (server: Server) => void;
        readonly failed: (error: Error) => void;
        readonly acceptFailed: (error: Error) => void;
    }): void;
    /** Stops accepting; `false` where the socket cannot be kept meanwhile, and nothing has changed. */
    putAside(path: string | undefined, duplicate: Descriptors["duplicate"]): boolean;
    /** Accepts again. `failed` when that was not possible just now: it is still aside. */
    takeBack(duplicate: Descriptors["duplicate"], acceptFailed: (error: Error) => void, failed: () => void): void;
    /** Closes everything at once; clients that wait are reset. Idempotent. */
    close(): void;
}
