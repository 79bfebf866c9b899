/** What a certificate says about its place in a chain, beside what rules ask of it. */
import { X509Certificate } from "node:crypto";
import { Result } from "effect";
export interface ChainCertificate {
    /** Its fingerprint. */
    readonly id: string;
    /** As `comparableName` writes it. */
    readonly subject: string;
    readonly issuer: string;
    /** The subject as sentences name it, of bounded length. */
    readonly name: string;
    /** As `serialOf` reads it. */
    readonly serial: string;
    readonly keyId: string | undefined;
    /** Whether its key usage lets it sign revocation lists; without the extension it may. */
    readonly maySignLists: boolean;
    readonly x509: X509Certificate;
}
/** The fingerprint by which certificates are the same. */
export declare const fingerprint: (der: Uint8Array) => string;
/** Reads a certificate. The failure says what is wrong with it. */
export declare const parseChainCertificate: (der: Uint8Array) => Result.Result<ChainCertificate, string>;
