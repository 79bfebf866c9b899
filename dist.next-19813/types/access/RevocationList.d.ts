/**
 * A certificate revocation list, read strictly from its DER (RFC 5280, section 5). Only complete lists of one issuer say
 * that a certificate is good; partial, indirect and unknown kinds never do. A list as read here is a plain value: whose
 * signature it carries is for those to check who know its issuer.
 */
import { Result } from "effect";
import { expectTag } from "./Der.ts";
import { type SignatureScheme } from "./ListSignature.ts";
import { type Extension, type Subject } from "./PeerCertificate.ts";
export interface RevocationList {
    /** As `comparableName` writes it. */
    readonly issuer: string;
    /** Unix milliseconds. */
    readonly thisUpdate: number;
    /** Unix milliseconds; absent in lists that never go stale. */
    readonly nextUpdate: number | undefined;
    /** The issuer's key identifier, hexadecimal, where the list names one. */
    readonly keyId: string | undefined;
    /** Serial numbers of what is revoked, the content of their integers in hexadecimal. */
    readonly serials: ReadonlySet<string>;
    /** Why nobody is good by this list; undefined for complete lists that are wholly understood. */
    readonly partial: string | undefined;
    /** Entries may be about certificates of other issuers: the list says nothing about anybody. */
    readonly indirect: boolean;
    readonly scheme: SignatureScheme;
    /** What is signed. */
    readonly signed: Uint8Array;
    readonly signature: Uint8Array;
}
/** A name as names are compared (RFC 5280, section 7.1): whatever its string types, letter case and spacing. */
export declare const comparableName: (name: Subject) => string;
export declare const hex: (bytes: Uint8Array) => string;
/**
 * The serial number of a certificate or an entry, in the shortest form only: one number has one text. Throws `Malformed`.
 */
export declare const serialOf: (node: Parameters<typeof expectTag>[0]) => string;
/** The key identifier in an authority key identifier extension. Throws `Malformed`. */
export declare const authorityKeyId: (extension: Extension | undefined) => string | undefined;
/** Reads one list. The failure says what is wrong with it. */
export declare const parseRevocationList: (der: Uint8Array) => Result.Result<RevocationList, string>;
