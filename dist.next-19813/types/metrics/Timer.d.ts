/** A timer: a sample of durations and the rate at which they come (contract: status, section 11). Pure. */
import { type Distribution } from "./Distribution.ts";
import { type Rates } from "./Meter.ts";
/** Everything a timer shows: figures in nanoseconds, rates in observations per second. */
export interface TimerSnapshot extends Distribution, Rates {
}
/** Records durations. Clock and chance are handed in. */
export declare class Timer {
    #private;
    /** `now`: seconds of the monotonic clock that `observe` and `tick` use too; `random` is uniform in [0, 1). */
    constructor(now: number, random: () => number);
    /** One observation of `nanos`, cut to an integer, made at `at` (Unix seconds) and taken in at `now` (monotonic seconds). */
    observe(nanos: number, at: number, now: number): void;
    /** Ends a window of the rates. */
    tick(now: number): void;
    snapshot(): TimerSnapshot;
}
