import type { Judge, Pending, Verdict } from "../../access/Verdict.ts";
import { type NativeThread } from "./NativeThread.ts";
/** One handshake's question and, once it was asked, its answer. */
export interface Examination {
    readonly role: "server" | "client";
    readonly judge: Judge;
    /** DER, leaf first. */
    chain: ReadonlyArray<Uint8Array>;
    verdict: Verdict | Pending | undefined;
}
/** The verification callback of one thread. */
export declare class Verifier {
    #private;
    /** For `SSL_CTX_set_cert_verify_callback`. */
    readonly callback: bigint;
    constructor(thread: NativeThread);
    /** Takes a handshake as far as it goes; the question it may raise is this one. */
    handshake(ssl: bigint, examination: Examination): number;
}
