/** Rates of events (contract: status, section 11). Pure: time is handed in. */
/** Seconds between two ticks of every meter. */
export declare const tickSeconds = 5;
/** Events per second. */
export interface Rates {
    /** Exponentially weighted over one minute. */
    readonly rate1: number;
    /** Over five minutes. */
    readonly rate5: number;
    /** Over fifteen minutes. */
    readonly rate15: number;
    /** Since the meter was made, as of the latest event or tick. */
    readonly rateMean: number;
}
/** Counts events; `tick` must be called every {@link tickSeconds}. Times are seconds of one monotonic clock. */
export declare class Meter {
    #private;
    constructor(now: number);
    /** One event happened. */
    mark(now: number): void;
    /** The five-second window ends. */
    tick(now: number): void;
    rates(): Rates;
}
