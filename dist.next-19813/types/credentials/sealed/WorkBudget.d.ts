/** How much hashing a file may demand: its iteration counts are its own, and a start or a reload must come to an end. */
import { Effect } from "effect";
import { Unreadable } from "./SealedFailure.ts";
/**
 * Iterations of one file, all its derivations together: half a minute at worst, and a thousand times what tools write.
 * It is also the most that JCEKS allows (contract: credentials, section 1.5).
 */
export declare const iterationLimit = 10000000;
/** What is left of a file's iterations. */
export declare class WorkBudget {
    #private;
    /** Takes this many iterations away, or fails when there are not that many. */
    spend(iterations: number): Effect.Effect<void, Unreadable>;
}
/** Applies `step` so many times, and lets other fibers and sockets have their turn in between. */
export declare const repeat: (iterations: number, step: () => void) => Effect.Effect<void>;
