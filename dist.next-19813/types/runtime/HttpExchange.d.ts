import * as Net from "node:net";
import * as Tls from "node:tls";
import { Effect } from "effect";
import { type NodeError } from "./ErrorWords.ts";
/** What to send, and over what. */
export interface Exchange {
    readonly method: "GET" | "POST";
    readonly url: URL;
    /** All headers, in order; `Host` too. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array | undefined;
    /** Opens the connection; it is closed when the reply's head is there. */
    readonly connect: () => Net.Socket;
    /** Words for a connection that did not come about. */
    readonly dialWords: (error: NodeError) => string;
}
/** The head of a reply, as far as anyone asks. */
export interface Reply {
    readonly status: number;
    readonly location: string | undefined;
    readonly retryAfter: string | undefined;
}
/** Requests that one URL may lead to. */
export declare const maxRequests = 10;
/** Statuses that say to ask elsewhere. */
export declare const redirects: ReadonlySet<number>;
/** Sends the request and waits for the reply's head, no more; fails in Go's words. Interruption closes the connection. */
export declare const exchange: (options: Exchange) => Effect.Effect<Reply, string>;
/** TLS 1.2 or later to the host that the URL names, which a name of the certificate's must be. */
export declare const verifiedAs: (url: URL) => Tls.ConnectionOptions;
