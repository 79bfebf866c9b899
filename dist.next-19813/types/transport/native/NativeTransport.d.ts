/** The transport on Linux sockets, epoll and the OpenSSL inside of Node, through `node:ffi`. */
import { Layer } from "effect";
import { Transport } from "../Transport.ts";
/** `Transport` on the kernel's sockets and OpenSSL. Only where the self-test has passed. */
export declare const layer: Layer.Layer<Transport>;
