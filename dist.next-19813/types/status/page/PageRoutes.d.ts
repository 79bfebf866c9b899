import { Effect } from "effect";
import { HttpRouter } from "effect/http";
import { type LiveView } from "../../telemetry/LiveView.ts";
import { Status } from "../Status.ts";
import type { ThreadFacts } from "../StatusFacts.ts";
import { type PageFacts, type ShownCertificate, type ShownTotals } from "./PageSnapshot.ts";
/** What the page shows, and where it comes from. */
export interface PageOptions {
    readonly facts: PageFacts;
    readonly live: LiveView;
    readonly totals: () => ShownTotals;
    readonly certificates: () => ReadonlyArray<ShownCertificate>;
    /** Why the last reload failed; undefined when it did not. */
    readonly reloadError: () => string | undefined;
    readonly threads: () => ThreadFacts;
    /** How many may watch at a time; {@link viewersAllowed} without it. */
    readonly viewers?: number;
    /** A viewer that takes nothing for so many milliseconds has to go; 30 seconds without it. */
    readonly patience?: number;
}
/** How many may watch at a time: each costs a connection and some 20 kB every two seconds. */
export declare const viewersAllowed = 16;
/** The routes `/` and `/_events`. Intervals of the live view end in time while the scope is open, also when nothing happens. */
export declare const pageRoutes: (options: PageOptions) => Effect.Effect<HttpRouter.Route<never, never>[], never, import("effect/Scope").Scope | Status>;
