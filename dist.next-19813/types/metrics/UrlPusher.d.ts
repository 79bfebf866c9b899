import { Duration, Layer } from "effect";
import { Metrics } from "./Metrics.ts";
/** What to push to. */
export interface UrlPusherOptions {
    /** `http://..` or `https://..`, perhaps with user and password. */
    readonly url: string;
    /** Between two posts; zero or negative: never. */
    readonly interval: Duration.Duration;
    /** PEM certificates that https trusts; looked at once. */
    readonly trustAnchors: ReadonlyArray<string>;
    readonly log: (line: string) => void;
}
/** Pushes while its scope is open; no connection outlives it. Never fails: what goes wrong is logged. */
export declare const layer: (options: UrlPusherOptions) => Layer.Layer<never, never, Metrics>;
