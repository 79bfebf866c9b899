/** The pages of `/debug/pprof/`, whose code is loaded only where the main thread measures itself. */
import { Effect } from "effect";
import type { ProfiledThread } from "../profiling/ProfiledThread.ts";
/** The routes for the main thread and the `others`; undefined where no profiles were asked for. */
export declare const profilingPages: (others: () => ReadonlyArray<ProfiledThread>) => Effect.Effect<readonly import("effect/http/HttpRouter").Route<never, import("effect/http/HttpServerRequest").HttpServerRequest>[] | undefined, never, never>;
