/** Waits for a TLS handshake and its verdict, within a deadline. Server and client side share it. */
import type { TLSSocket } from "node:tls";
import { Result } from "effect";
import type { Judge } from "../../access/Verdict.ts";
import { type Explained } from "../TlsErrors.ts";
import type { EndpointName } from "../Transport.ts";
import { NodeStream } from "./NodeStream.ts";
/** A handshake under way. */
export interface HandshakePlan {
    readonly socket: TLSSocket;
    readonly role: "server" | "client";
    readonly certificateAsked: boolean;
    readonly judge: Judge;
    readonly deadline: number;
    readonly remote: EndpointName;
    readonly local: EndpointName;
    readonly done: (stream: NodeStream) => void;
    readonly failed: (why: Explained) => void;
}
/** Wraps a socket in TLS; what Node throws about it ends this connection and no other. */
export declare const startTls: (wrap: () => TLSSocket) => Result.Result<TLSSocket, string>;
/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
export declare const follow: (plan: HandshakePlan) => (() => void);
