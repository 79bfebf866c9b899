/** Runs one tunnel for a command line that parsed: log, rules of the mode, the tunnel, the exit code. */
import { Effect } from "effect";
import type { Invocation } from "./Invocation.ts";
/** Serves until a signal or a request ends it, and gives the exit code. */
export declare const runTunnel: (invocation: Invocation) => Effect.Effect<number>;
