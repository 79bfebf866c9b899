/** What went wrong in TLS, from OpenSSL's codes to the contract's words (contract: credentials, section 10.2). Pure. */
import type { FailureReason } from "./ConnectionFailure.ts";
/** A failure's stable name and its sentence. */
export interface Explained {
    readonly reason: FailureReason;
    readonly message: string;
}
/** The alert the peer sent, if that is what the error is about: OpenSSL adds 1000 to its number. */
export declare const alertNumber: (error: unknown) => number | undefined;
type Role = "server" | "client";
/** An error after the handshake. `read` is the operation it interrupted, as in `read tcp A->B`. */
export declare const explain: (error: unknown, read: string) => Explained;
/** An error before the handshake was done. */
export declare const explainHandshake: (error: unknown, role: Role, read: string) => Explained;
export {};
