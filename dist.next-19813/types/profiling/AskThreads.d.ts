/** Asks threads and does not wait for ever: one that hangs is left out of the answer, and the answer says so. */
import { Effect } from "effect";
import type { ProfiledThread, Question, ThreadReport } from "./ProfiledThread.ts";
/** The value, or `undefined` when the promise fails or takes too long; what comes too late is handed to `late`. */
export declare const patiently: <A>(run: () => Promise<A>, late?: (value: A) => unknown) => Promise<A | undefined>;
/** What to say of a thread that is missing. */
export declare const missing: (thread: string) => string;
/** The reports that came, and a comment on each that did not. */
export interface Answers {
    readonly reports: ReadonlyArray<readonly [thread: string, report: ThreadReport]>;
    readonly comments: ReadonlyArray<string>;
}
/** Asks all at once. */
export declare const askAll: (threads: ReadonlyArray<ProfiledThread>, question: Question) => Effect.Effect<Answers>;
