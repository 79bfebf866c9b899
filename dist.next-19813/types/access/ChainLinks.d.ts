import { Result } from "effect";
import { type ChainCertificate } from "./ChainCertificate.ts";
/** One certificate with one issuer it could have. */
export interface ChainLink {
    readonly certificate: ChainCertificate;
    /** It is the peer's own. */
    readonly leaf: boolean;
    readonly issuer: ChainCertificate;
    /** Below an anchor, where nothing is trusted of itself. */
    readonly below: boolean;
}
/** The anchors, read once. */
export interface Anchors {
    readonly has: (certificate: ChainCertificate) => boolean;
    readonly named: (subject: string) => ReadonlyArray<ChainCertificate>;
}
/** Reads anchors (PEM). One that cannot be read issues nothing: chains that need it cannot be followed. */
export declare const readAnchors: (anchors: ReadonlyArray<string>) => Anchors;
/**
 * Every link on every way from the leaf to an anchor, and those above anchors. The failure says why the chain cannot be
 * followed: it then counts as one nobody knows anything good about.
 */
export declare const chainLinks: (chain: ReadonlyArray<Uint8Array>, anchors: Anchors) => Result.Result<ReadonlyArray<ChainLink>, string>;
