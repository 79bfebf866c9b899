/**
 * How telemetry is pushed: where to, says the configuration alone; the rest is told by the `OTEL_*` variables. An environment
 * by itself makes nothing be sent, and cannot send it elsewhere. Pure.
 */
import { Duration, Result } from "effect";
import { type Environment, type Signal } from "./Environment.ts";
/** How one signal is sent. */
export interface SignalSettings {
    readonly signal: Signal;
    /** May hold credentials. */
    readonly url: URL;
    /** May hold secrets. */
    readonly headers: Readonly<Record<string, string>>;
    readonly form: "http/protobuf" | "http/json";
    readonly compression: "gzip" | "none";
    readonly timeout: Duration.Duration;
}
/** How signals are sent that come one by one. */
export interface BatchSettings extends SignalSettings {
    readonly interval: Duration.Duration;
    /** How many wait at most; further ones are dropped. */
    readonly limit: number;
    readonly batchSize: number;
}
/** What is pushed; signals that are absent are not. */
export interface Settings {
    readonly metrics?: SignalSettings & {
        readonly interval: Duration.Duration;
        readonly temporality: "cumulative" | "delta";
    };
    readonly traces?: BatchSettings & {
        /** The share of connections that get a span. */
        readonly ratio: number;
    };
    readonly logs?: BatchSettings;
    readonly resource: {
        readonly serviceName: string;
        readonly serviceVersion: string;
        readonly attributes: Readonly<Record<string, string | number>>;
    };
}
/** What is known without the environment. */
export interface Known {
    /** `http` or `https`; signals go below its path. */
    readonly endpoint: string;
    /** Whether spans and logs of connections are wanted. */
    readonly traces: boolean;
    /** Between two pushes of metrics; zero or negative: never. */
    readonly interval: Duration.Duration;
    readonly version: string;
    /** Attributes of the resource that the environment may overrule. */
    readonly attributes: Readonly<Record<string, string | number>>;
}
/** The settings, or the sentence that refuses a variable. Secrets are in none. */
export declare const settingsOf: (known: Known, env: Environment) => Result.Result<Settings, string>;
