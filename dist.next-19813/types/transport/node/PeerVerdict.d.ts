import type { TLSSocket } from "node:tls";
import type { Judge, Pending, Verdict } from "../../access/Verdict.ts";
/** A judgement with the certificates it was about. */
export interface Judgement {
    readonly chain: ReadonlyArray<Uint8Array>;
    readonly verdict: Verdict | Pending;
}
/**
 * Judges the peer of a finished handshake. To be called synchronously in `secure` or `secureConnect`, before anything is
 * read. `certificateAsked` is false only for servers that ask nobody for a certificate.
 */
export declare const judgePeer: (socket: TLSSocket, judge: Judge, certificateAsked: boolean) => Judgement;
