import { Result } from "effect";
import { type PeerCertificate } from "./PeerCertificate.ts";
export interface PeerCertificateCache {
    /**
     * Reads a certificate. `keep` remembers it for the next time: only for peers OpenSSL or a pin vouches for, so that
     * strangers cannot push out the others.
     */
    readonly read: (der: Uint8Array, keep: boolean) => Result.Result<PeerCertificate, string>;
    /** How many certificates are remembered. */
    readonly size: () => number;
}
/** An empty cache for at most `capacity` certificates. */
export declare const makePeerCertificateCache: (capacity?: number) => PeerCertificateCache;
/** This thread's cache, shared by judges and logs. */
export declare const peerCertificates: PeerCertificateCache;
