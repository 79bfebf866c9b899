/** What the status port and the pushers read: the numbers of this process as they stand when asked, in each format. */
import { Context, type Duration, Layer } from "effect";
import { ConnectionStats } from "./ConnectionStats.ts";
import { type Report } from "./Report.ts";
declare const Metrics_base: Context.ServiceClass<Metrics, "ghostunnel/Metrics", {
    /** Names, kinds and values, for any writer. */
    readonly report: () => Report;
    /** The body of `/_metrics/json` (contract: status, section 5). */
    readonly json: () => string;
    /** The body of `/_metrics/prometheus` (section 6), computed now. */
    readonly prometheus: () => string;
    /** The lines of a Graphite push (section 8). */
    readonly graphite: () => string;
}>;
/** Plain calls, safe at any time; each takes in all observations made so far first. */
export declare class Metrics extends Metrics_base {
    /** `prefix` is `--metrics-prefix`; `interval` is how often runtime gauges are refreshed, not positive for never. */
    static readonly layer: (options: {
        readonly prefix: string;
        readonly interval: Duration.Duration;
    }) => Layer.Layer<Metrics, never, ConnectionStats>;
}
export {};
