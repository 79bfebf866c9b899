/** What the pushers have in common: the beat, the time a push may take, and what the log hears of it. */
import { Duration, Effect } from "effect";
/** One kind of push. */
export interface Push {
    /** Between the beginnings of two pushes; a push that takes longer delays the next one. */
    readonly interval: Duration.Duration;
    /** After this a push is given up. */
    readonly timeout: Duration.Duration;
    /** Pushes the numbers as they stand, once; fails with what went wrong, in words that hold no secret. */
    readonly push: Effect.Effect<void, string>;
    /** What a push that took too long is said to have failed with. */
    readonly tooLate: string;
    /** Where the numbers go, for the line that says that they arrive again. */
    readonly to: string;
    readonly log: (line: string) => void;
}
/**
 * Pushes for ever, first after one interval; nothing is kept of a push that failed. The log gets one line when pushes begin
 * to fail and one when they work again. An interval that is not positive means never.
 */
export declare const pushing: (options: Push) => Effect.Effect<void>;
