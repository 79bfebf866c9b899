import type { RawFrame } from "./ProfiledThread.ts";
import type { Frame } from "./ProfileProto.ts";
/** Resolves all frames, each map read once and then forgotten: they are large, and profiles are rare. */
export declare const resolve: (frames: ReadonlyArray<RawFrame>) => Promise<ReadonlyArray<Frame>>;
