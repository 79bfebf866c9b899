/** The text of a name's attribute in any of the string types X.509 knows. */
import { type DerNode } from "./Der.ts";
/** Text of ASCII characters alone. Throws `Malformed`. */
export declare const asciiText: (bytes: Uint8Array, what: string) => string;
/** An attribute's text. Throws `Malformed` for other types and for bytes that the type does not allow. */
export declare const directoryText: (node: DerNode) => string;
