/** Which application protocol a server agrees on (RFC 7301): OpenSSL asks in the handshake, JavaScript answers. */
import { Buffer } from "node:buffer";
import { type NativeThread } from "./NativeThread.ts";
/** Where a name lies in a list: its first byte and how many there are. */
interface Span {
    readonly at: number;
    readonly length: number;
}
/** The first of our names that is offered too; undefined for none, and for lists that are malformed. Pure. */
export declare const chooseProtocol: (ours: Uint8Array, offered: Uint8Array) => Span | undefined;
/** The choosing callback of one thread. */
export declare class ProtocolChoice {
    #private;
    /** For `SSL_CTX_set_alpn_select_cb`; its argument is what `listed` gives. */
    readonly callback: bigint;
    constructor(thread: NativeThread);
    /** The address of these names, the same for the same ones. */
    listed(wire: Buffer): bigint;
}
export {};
