import { Effect } from "effect";
import { type Invocation } from "./Invocation.ts";
/** What the command line needs to know of the process, and what it hands a good command line to. */
export interface MainOptions<R> {
    /** The name the program was called by; its last path segment is shown. */
    readonly argv0: string;
    readonly env: Record<string, string | undefined>;
    /** Runs `server` or `client` and gives the exit code. */
    readonly run: (invocation: Invocation) => Effect.Effect<number, never, R>;
}
/** Reads a command line, does what it says, and gives the exit code. */
export declare const main: <R>(argv: readonly string[], options: MainOptions<R>) => Effect.Effect<number, never, R>;
