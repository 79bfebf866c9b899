/** What the page is told, every time anew: nothing in it depends on who looks. Pure. */
import type { SandboxReceipt } from "../../runtime/Landlock.ts";
import { type LiveSnapshot } from "../../telemetry/LiveView.ts";
import { type State } from "../Status.ts";
import { type ThreadFacts } from "../StatusFacts.ts";
/** A certificate in play. */
export interface ShownCertificate {
    readonly role: string;
    readonly subject: string;
    /** Unix milliseconds. */
    readonly notAfter: number;
}
/** Numbers since the start, but for `open`. */
export interface ShownTotals {
    /** Connections now. */
    readonly open: number;
    readonly established: number;
    /** Connections that ended before their pipe was opened. */
    readonly refused: number;
    readonly forwarded: number;
    readonly returned: number;
}
/** What stays the same. */
export interface PageFacts {
    readonly mode: "server" | "client";
    /** The configured addresses, verbatim. */
    readonly listen: string;
    readonly target: string;
    readonly version: string;
    readonly sandbox: SandboxReceipt;
}
/** What one snapshot sees. Times in Unix milliseconds. */
export interface PageMoment {
    readonly time: number;
    /** When this program began. */
    readonly since: number;
    readonly state: State;
    readonly totals: ShownTotals;
    readonly live: LiveSnapshot;
    readonly certificates: ReadonlyArray<ShownCertificate>;
    /** Why the last reload failed; undefined when it did not. */
    readonly reloadError: string | undefined;
    readonly threads: ThreadFacts;
}
/** A snapshot as one line of JSON, also when names of peers hold line ends or markup. */
export declare const pageSnapshot: (facts: PageFacts, moment: PageMoment) => string;
/** One server-sent event. */
export declare const eventOf: (json: string) => string;
