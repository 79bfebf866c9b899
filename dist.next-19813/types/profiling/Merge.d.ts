/** From what threads measured to one profile. */
import { type RawProfile } from "./ProfiledThread.ts";
import type { Profile, Sample } from "./ProfileProto.ts";
/** Profiles that are read at a moment, or as the difference of two. */
export declare const snapshots: readonly ["allocs", "block", "goroutine", "heap", "mutex", "threadcreate"];
export type SnapshotName = (typeof snapshots)[number];
/** A profile of the kind; its last kind of number is shown first. */
export declare const profileOf: (name: SnapshotName | "profile", samples: ReadonlyArray<Sample>, facts: Pick<Profile, "at" | "comments"> & {
    readonly durationMillis?: number;
}) => Profile;
/** The same stack of a thread once, its numbers added. */
export declare const summed: (samples: Iterable<Sample>) => ReadonlyArray<Sample>;
/** Every thread's stacks in the names of the sources. */
export declare const merge: (profiles: ReadonlyArray<readonly [thread: string, profile: RawProfile]>) => Promise<ReadonlyArray<Sample>>;
