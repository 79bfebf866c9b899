/** From an accepted connection to a judged stream. */
import { Effect } from "effect";
import { ConnectionFailure } from "../ConnectionFailure.ts";
import type { HandshakeOptions, RawConnection, ServerTls, Stream } from "../Transport.ts";
import type { Native } from "./Native.ts";
/** Takes the connection over; with TLS, completes the handshake with the judge's word in it. */
export declare const accept: (native: Native, raw: RawConnection, tls: (HandshakeOptions & {
    readonly context: ServerTls;
}) | undefined) => Effect.Effect<Stream, ConnectionFailure>;
