/**
 * Node's HTTP or HTTPS server with the limits of the status port (contract: status, sections 2.2 and 2.3), and the
 * bookkeeping that an orderly stop needs: which connections there are and which of them carry a request.
 */
import * as Http from "node:http";
import * as Https from "node:https";
import type * as Tls from "node:tls";
/** What a front needs. */
export interface FrontOptions {
    /** Milliseconds for the handshake, and again for the header of a request. */
    readonly connectTimeout: number;
    /** HTTPS with these; plain HTTP without. */
    readonly tls: Tls.SecureContextOptions | undefined;
    readonly log: (line: string) => void;
    /** Whether descriptors are so scarce that nobody may be let in. */
    readonly full: () => boolean;
    readonly handle: (request: Http.IncomingMessage, response: Http.ServerResponse) => void;
}
/** A server that does not listen yet. */
export interface Front {
    readonly server: Http.Server | Https.Server;
    /** Later handshakes use these; throws what OpenSSL will not take. Nothing on plain HTTP. */
    readonly setTls: (options: Tls.SecureContextOptions) => void;
    /** Closes the listener and every connection without a request; the replies of the others end theirs. Idempotent. */
    readonly stop: () => void;
    /** Closes everything that is still open. */
    readonly cut: () => void;
    /** Neither the listener nor a connection is open; the server's `close` event says when that comes true after a stop. */
    readonly closed: () => boolean;
}
/** Makes the server; listening is the caller's. */
export declare const makeFront: (options: FrontOptions) => Front;
