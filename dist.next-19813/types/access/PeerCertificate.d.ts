/**
 * What a certificate says, read strictly from its DER: the names rules are about, the key pins are about, the dates.
 * Signatures are OpenSSL's business. Whatever is malformed fails; nothing here throws to callers.
 */
import { Result } from "effect";
import { type DerNode } from "./Der.ts";
import { type PublicKeyKind } from "./PublicKeyInfo.ts";
import { type SubjectAltNames } from "./SubjectAltName.ts";
export interface SubjectAttribute {
    /** Dotted object identifier of the type. */
    readonly oid: string;
    /** The value as encoded, header included. */
    readonly der: Uint8Array;
    readonly text: string;
}
export interface Subject {
    /** In the order of the certificate. */
    readonly attributes: ReadonlyArray<SubjectAttribute>;
    /** The last one; empty when there is none. */
    readonly commonName: string;
    readonly organizationalUnits: ReadonlyArray<string>;
}
export interface PeerCertificate extends SubjectAltNames {
    readonly subject: Subject;
    readonly hasSanExtension: boolean;
    /** The SubjectPublicKeyInfo, byte for byte as in the certificate. */
    readonly publicKeyInfo: Uint8Array;
    readonly publicKey: PublicKeyKind;
    /** Dotted object identifiers; undefined without the extension. */
    readonly extendedKeyUsages: ReadonlyArray<string> | undefined;
    /** Whether its basic constraints let it sign certificates. */
    readonly isAuthority: boolean;
    readonly notBefore: Date;
    readonly notAfter: Date;
}
/** A name's attributes. Throws `Malformed`. */
export declare const readName: (node: DerNode | undefined) => Subject;
/** A time of either type. Throws `Malformed`. */
export declare const readTime: (node: DerNode | undefined) => Date;
/** An extension of a certificate, a revocation list or an entry of one. */
export interface Extension {
    readonly critical: boolean;
    readonly value: Uint8Array;
}
/** The extensions in a sequence of them, by object identifier. Throws `Malformed`. */
export declare const readExtensionList: (list: DerNode | undefined) => ReadonlyMap<string, Extension>;
/** Reads a certificate. The failure says what is wrong with it (`x509: ..`). */
export declare const parsePeerCertificate: (der: Uint8Array) => Result.Result<PeerCertificate, string>;
