/** The one clock that log lines and connection records take their time from. */
/** Unix milliseconds with a fraction: the monotonic clock, put right whenever the wall clock was set. One state a thread. */
export declare const wallMillis: () => number;
