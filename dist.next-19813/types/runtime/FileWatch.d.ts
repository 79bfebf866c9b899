/** Asks for a reload when files have changed. Looks at them at intervals: no kind of link, mount or rename escapes that. */
import { Effect, Layer } from "effect";
import { Lifecycle } from "./Lifecycle.ts";
/** Files that somebody has read. */
export interface WatchedFiles {
    /** The state they are in now. */
    readonly now: Effect.Effect<string>;
    /** The state they were in when they were last read, successfully or not. */
    readonly read: () => string;
}
/** Watches while its scope is open; a change is asked for within two seconds, and those that come together only once. */
export declare const layer: (files: WatchedFiles) => Layer.Layer<never, never, Lifecycle>;
