/** What the whole program does, as the pages under `/debug/pprof/` show it: every thread's answers, merged. */
import { Effect } from "effect";
import { type SnapshotName } from "./Merge.ts";
import { type ProfiledThread } from "./ProfiledThread.ts";
import { type Profile } from "./ProfileProto.ts";
import { ProfilingError } from "./Window.ts";
export interface Profiler {
    /** CPU of all threads for so many seconds; one at a time. */
    readonly cpu: (seconds: number) => Effect.Effect<Profile, ProfilingError>;
    /** Execution trace of the main thread, Chrome's JSON; one at a time. */
    readonly trace: (seconds: number) => Effect.Effect<string, ProfilingError>;
    /** As it is now; `collect` garbage first. */
    readonly snapshot: (name: SnapshotName, collect: boolean) => Effect.Effect<Profile, ProfilingError>;
    /** What changed within so many seconds; of `allocs`: what was allocated. */
    readonly delta: (name: SnapshotName, seconds: number) => Effect.Effect<Profile, ProfilingError>;
    /** The text form; two and more is the long one. */
    readonly text: (name: SnapshotName, debug: number, collect: boolean) => Effect.Effect<string, ProfilingError>;
    /** How many entries profiles have. */
    readonly counts: Effect.Effect<ReadonlyMap<string, number>>;
}
/** Asks the threads that there are when it is asked. */
export declare const make: (threads: () => ReadonlyArray<ProfiledThread>) => Profiler;
