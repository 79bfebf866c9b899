/** How busy and how late an event loop is, in two doubles that another thread may read. */
import { Effect, type Scope } from "effect";
/** What a thread's loop was like during the last half second. */
export interface LoopFacts {
    /** How late a timer was at worst, in seconds. */
    readonly lag: number;
    /** Share of the time in which the loop was busy, 0 to 1. */
    readonly utilization: number;
}
/** Reads what `meterLoop` wrote. */
export declare const loopFacts: (cell: Float64Array) => LoopFacts;
/** Measures this thread's loop while the scope is open; does not keep the thread alive. */
export declare const meterLoop: (cell: Float64Array) => Effect.Effect<void, never, Scope.Scope>;
