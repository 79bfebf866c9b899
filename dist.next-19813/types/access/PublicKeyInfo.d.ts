/** What kind of key a certificate certifies: as much as is needed to refuse kinds that nobody should accept. */
import { type DerNode } from "./Der.ts";
export type PublicKeyKind = {
    readonly _tag: "Rsa";
    readonly bits: number;
}
/** The curve's name, or undefined for curves outside P-224, P-256, P-384 and P-521. */
 | {
    readonly _tag: "Ecdsa";
    readonly curve: string | undefined;
} | {
    readonly _tag: "Ed25519";
} | {
    readonly _tag: "Unsupported";
    readonly algorithm: string;
};
/** Reads a SubjectPublicKeyInfo. Throws `Malformed`. */
export declare const publicKeyKind: (info: DerNode) => PublicKeyKind;
