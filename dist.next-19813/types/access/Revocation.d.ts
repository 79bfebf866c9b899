import { type ChainProblem } from "./ChainErrors.ts";
import type { RevocationList } from "./RevocationList.ts";
import type { Judge } from "./Verdict.ts";
/** What is known of a chain: nothing bad, that a certificate of it is revoked, or too little. */
export type RevocationStatus = {
    readonly _tag: "Good";
} | {
    readonly _tag: "Revoked";
    readonly problem: ChainProblem;
}
/** `tolerable` is what `warn` may overlook; a chain that cannot be followed is not. */
 | {
    readonly _tag: "Unknown";
    readonly problem: ChainProblem;
    readonly tolerable: boolean;
    readonly why: string;
};
/**
 * The status of verified chains by these lists, as a function of chain and time. Work that depends on the chain alone is
 * remembered for peers that come back.
 */
export declare const revocationStatus: (lists: ReadonlyArray<RevocationList>, trustAnchors: ReadonlyArray<string>) => ((chain: ReadonlyArray<Uint8Array>, now: Date) => RevocationStatus);
export interface RevocationPolicy {
    readonly status: (chain: ReadonlyArray<Uint8Array>, now: Date) => RevocationStatus;
    /** `warn` admits peers about whom too little is known; revoked ones never. */
    readonly mode: "strict" | "warn";
    /** Told when `warn` admits such a peer; the sentence is about the list and not about the peer. */
    readonly tolerated: (why: string) => void;
    readonly now?: () => Date;
}
/** A judge that refuses, besides whom the given one refuses, peers whose certificates are revoked. */
export declare const refusingRevoked: (judge: Judge, policy: RevocationPolicy) => Judge;
