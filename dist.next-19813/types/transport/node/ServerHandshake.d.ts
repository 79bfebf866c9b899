import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { HandshakeOptions, RawConnection, ServerTls, Stream } from "../Transport.ts";
/** Takes the connection over; with TLS, completes the handshake and lets the judge speak first. */
export declare const accept: (raw: RawConnection, tls: (HandshakeOptions & {
    readonly context: ServerTls;
}) | undefined) => Effect.Effect<Stream, ConnectionFailure>;
