/** Judges' answers, read with suspicion: what is no verdict is a refusal. Pure. */
import type { Judge, Pending, PresentedPeer, Verdict } from "../access/Verdict.ts";
type Refusal = Extract<Verdict, {
    readonly _tag: "Refused";
}>;
/** The refusal of a judge that did not give a verdict. */
export declare const undecided: Refusal;
/** Of a peer whose verification left no result. */
export declare const unreadable: {
    readonly _tag: "Refused";
    readonly reason: import("../access/Verdict.ts").RefusalReason;
    readonly message: string;
    readonly why?: import("../access/Verdict.ts").Why;
};
/** Of a session that was not verified on this connection. */
export declare const resumed: {
    readonly _tag: "Refused";
    readonly reason: import("../access/Verdict.ts").RefusalReason;
    readonly message: string;
    readonly why?: import("../access/Verdict.ts").Why;
};
/** What the judge says of a peer; one that throws, or answers something else, refuses. */
export declare const askJudge: (judge: Judge, peer: PresentedPeer) => Verdict | Pending;
/** What a settled policy said; anything that is not a verdict is a refusal. */
export declare const settledVerdict: (value: unknown) => Verdict;
export {};
