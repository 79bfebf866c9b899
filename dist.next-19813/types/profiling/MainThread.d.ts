/** The thread that everything but connections runs on, and its fibers. */
import { Context, Layer } from "effect";
import type { ProfiledThread } from "./ProfiledThread.ts";
/** The main thread as profiles see it; undefined where none were asked for. */
export declare const MainThread: Context.Reference<ProfiledThread | undefined>;
/** The main thread measures itself from here on, and fibers below it are seen: provide it outermost. */
export declare const layer: Layer.Layer<never>;
