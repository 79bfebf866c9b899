/**
 * Durations as the command line writes them (`1m30s`, `1.5s`, `1d12h`, `-1s`, `0`) and as the log prints them
 * (contract: command line, sections 1.4 and 6.3).
 */
import { Duration, Result, Schema } from "effect";
/** Parses one duration. The failure is the contract's wording. */
export declare const parse: (text: string) => Result.Result<Duration.Duration, string>;
/** Prints nanoseconds the way Go does: `0s`, `796.22µs`, `49ms`, `1.517s`, `1m30s`, `1h0m0.5s`. */
export declare const formatNanos: (nanos: number) => string;
/** The codec between a `Duration` and Go's text for it. */
export declare const GoDuration: Schema.decodeTo<Schema.Duration, Schema.String, never, never>;
