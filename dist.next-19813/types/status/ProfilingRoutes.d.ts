import { HttpRouter, HttpServerRequest } from "effect/http";
import type { Profiler } from "../profiling/Profiler.ts";
/** How many profiles may be in the making at a time: each asks every thread, and holds in memory what they say. */
export declare const profilesAllowed = 8;
/** Whatever the method. The router takes the path without its last slash for one of these too. */
export declare const profilingRoutes: (profiler: Profiler, argv: ReadonlyArray<string>) => ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>>;
