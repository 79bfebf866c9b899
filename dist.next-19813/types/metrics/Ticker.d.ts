/** Periodic work on the clock of the environment. */
import { Effect } from "effect";
/**
 * Runs `action` every `seconds`, first after one period, for ever. Due times are fixed on the monotonic clock: a sleep that
 * ends early or late shifts nothing and makes no extra run, and runs missed while the thread or the action was busy are not
 * made up for.
 */
export declare const everyRun: (seconds: number, action: Effect.Effect<void>) => Effect.Effect<never>;
/** The same for an action that is done when it returns. */
export declare const every: (seconds: number, action: () => void) => Effect.Effect<never>;
