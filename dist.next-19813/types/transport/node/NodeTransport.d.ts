/** The portable transport, on Node's `net` and `tls`. */
import { Layer } from "effect";
import { Transport } from "../Transport.ts";
/** `Transport` on Node's own sockets and TLS. */
export declare const layer: Layer.Layer<Transport>;
