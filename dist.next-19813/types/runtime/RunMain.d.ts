/** Runs the program's one effect and ends the process with its exit code. */
import { Effect } from "effect";
/** The effect's number is the exit code; a defect is printed and exits with 2, as a crash does. */
export declare const runMain: (program: Effect.Effect<number>) => void;
