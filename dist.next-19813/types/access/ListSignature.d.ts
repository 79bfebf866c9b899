/** Signatures on revocation lists (RFC 5280, section 5.1.1.2). SHA-1 and older hashes are no signatures here. */
import { type KeyObject } from "node:crypto";
/** How a list is signed; a plain value. */
export interface SignatureScheme {
    readonly key: "rsa" | "rsa-pss" | "ec" | "ed25519";
    /** Null where the scheme has its own. */
    readonly hash: "sha256" | "sha384" | "sha512" | null;
    /** RSA-PSS: length in bytes. */
    readonly saltLength: number;
}
/** The scheme an algorithm identifier names; undefined for those that are not taken. Throws `Malformed`. */
export declare const signatureScheme: (algorithm: Uint8Array) => SignatureScheme | undefined;
/** Whether this key made this signature. A key of another kind did not. */
export declare const isSignedBy: (by: SignatureScheme, signed: Uint8Array, signature: Uint8Array, publicKey: KeyObject) => boolean;
