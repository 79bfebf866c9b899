/** The `OTEL_*` variables, read one by one (OpenTelemetry specification, "Environment Variable Specification"). Pure. */
import { Result } from "effect";
export type Environment = Readonly<Record<string, string | undefined>>;
export type Signal = "metrics" | "traces" | "logs";
/** A value with the variable it came from. */
interface Found {
    readonly name: string;
    readonly text: string;
}
/** The first of the variables that is set; empty ones are not. */
export declare const first: (env: Environment, ...names: ReadonlyArray<string>) => Found | undefined;
/** The names of an exporter's variable for one signal: its own first, then that of all signals. */
export declare const named: (signal: Signal, what: string) => ReadonlyArray<string>;
/** A whole number of at least `least`. */
export declare const count: (env: Environment, byDefault: number, least: number, ...names: ReadonlyArray<string>) => Result.Result<number, string>;
/** One of a few words, in any case. */
export declare const oneOf: <const A extends string>(env: Environment, words: ReadonlyArray<A>, byDefault: A, ...names: ReadonlyArray<string>) => Result.Result<A, string>;
/** `name=value,..`; refuses without showing a value, which may be a secret. The last of a name wins. */
export declare const pairs: (env: Environment, ...names: ReadonlyArray<string>) => Result.Result<Readonly<Record<string, string>>, string>;
/** Headers to send along, names in lower case. */
export declare const headers: (env: Environment, signal: Signal) => Result.Result<Readonly<Record<string, string>>, string>;
export {};
