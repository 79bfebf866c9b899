import { Result } from "effect";
import { type Header, type SslValue } from "./ProxyProtocol.ts";
/** What the first bytes of a connection hold. */
export type Decoded = 
/** So far nothing is wrong; ask again with more. */
{
    readonly _tag: "Incomplete";
}
/** `rest` is the client's first bytes: a view of the bytes given. */
 | {
    readonly _tag: "Complete";
    readonly header: Header;
    readonly rest: Uint8Array;
};
/** The value of the TLV `ssl`, type 0x20 (`proxy-protocol.txt`, section 2.2.5). */
export declare const decodeSsl: (value: Uint8Array) => Result.Result<SslValue, string>;
/** Reads a header from the first bytes of a connection. Fails as soon as they cannot be one. */
export declare const decode: (bytes: Uint8Array) => Result.Result<Decoded, string>;
