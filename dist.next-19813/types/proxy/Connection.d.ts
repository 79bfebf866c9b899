/**
 * One connection from accept to close: handshake, access decision, dial, copy. The only file that names all stages; the
 * stages do not know each other (contract: command line, section 8.1; status, section 7).
 */
import { Effect } from "effect";
import type { Judge } from "../access/Verdict.ts";
import type { TcpAddress, UnixAddress } from "../config/Address.ts";
import type { ThreadStats } from "../metrics/ConnectionStats.ts";
import { type ProxyProtocolMode } from "../transport/ProxyProtocol.ts";
import type { ClientTls, RawConnection, ServerTls, Transport } from "../transport/Transport.ts";
import type { UpstreamProxy } from "../transport/UpstreamProxy.ts";
import type { ConnectionRecorder } from "./ConnectionRecorder.ts";
/** Connections of one generation share its context. */
export type Tls = {
    readonly mode: "server";
    readonly context: ServerTls;
    readonly judge: Judge;
} | {
    readonly mode: "client";
    readonly context: ClientTls;
    readonly judge: Judge;
    readonly serverName: string;
};
export interface Surroundings {
    readonly transport: Transport["Service"];
    readonly stats: ThreadStats;
    readonly recorder: ConnectionRecorder;
    /** A connection has its backend and begins to copy. */
    readonly copying: () => void;
    readonly target: TcpAddress | UnixAddress;
    /** Clients: the proxy that connects in our place. */
    readonly upstream: UpstreamProxy | undefined;
    /** Servers: the PROXY header that tells the target about the client. */
    readonly proxyProtocol: ProxyProtocolMode | undefined;
    /** Milliseconds; negative: everything times out at once. */
    readonly connectTimeout: number;
    readonly closeTimeout: number;
    readonly lifetime: number;
}
/** Where a connection is: shutdown cancels those that do not carry bytes yet. */
export interface Progress {
    stage: "handshake" | "dial" | "copy";
}
/**
 * Serves one accepted connection. Counts and records everything but its arrival and its end, which are the caller's.
 * Never fails; interruption closes what is open.
 */
export declare const serve: (around: Surroundings, raw: RawConnection, tls: Tls, acceptedAt: number, progress: Progress) => Effect.Effect<void>;
