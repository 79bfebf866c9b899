/**
 * OpenSSL's verdict on a chain in the contract's words (contract: credentials, sections 2.2 and 10.2). Every name, known
 * or not, is a refusal.
 */
import type { PeerCertificate } from "./PeerCertificate.ts";
import type { RefusalReason } from "./Verdict.ts";
/** A refusal in the making. */
export interface ChainProblem {
    readonly reason: RefusalReason;
    readonly message: string;
}
/** A wrong extended key usage. */
export declare const keyUsageProblem: ChainProblem;
/** A revoked certificate: the peer's own, or the authority of this name. */
export declare const revokedProblem: (authority: string | undefined) => ChainProblem;
/** A chain of which it is not known whether a certificate in it is revoked. */
export declare const revocationProblem: (why: string) => ChainProblem;
/** A time as sentences show it (RFC 3339). */
export declare const seconds: (date: Date) => string;
type Dated = Pick<PeerCertificate, "notBefore" | "notAfter">;
/** What chains are looked through for once they are refused. */
type Above = Dated & Pick<PeerCertificate, "isAuthority">;
/** What is wrong with a certificate's dates; undefined when nothing is. */
export declare const validityProblem: ({ notBefore, notAfter }: Dated, now: Date) => ChainProblem | undefined;
/**
 * What is wrong with a chain that OpenSSL refused with this error. `above` gives the certificates behind the leaf, which
 * strangers may send a hundred of: they are asked for only where the sentence is about them.
 */
export declare const chainProblem: (error: string, above: () => ReadonlyArray<Above>, now: Date) => ChainProblem;
export {};
