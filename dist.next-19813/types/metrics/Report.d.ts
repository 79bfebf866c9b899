/**
 * What a moment's numbers are, before any format: names of the contract (status, section 5.2) without the prefix, their
 * kinds, units and values. Every writer (JSON, Prometheus, Graphite, OTLP) is a function of a report. Pure.
 */
import type { Counter, TimerName } from "./ConnectionStats.ts";
import type { Distribution } from "./Distribution.ts";
import type { GcDurations, RuntimeGauge } from "./RuntimeMetrics.ts";
import type { TimerSnapshot } from "./Timer.ts";
/** Units as UCUM writes them: a plain number, nanoseconds, bytes. */
export type Unit = "1" | "ns" | "By";
/** One number, or one group of numbers that belong together. */
export type Metric = 
/** An integer the data path counts; `conn.open` alone can fall. */
{
    readonly kind: "counter";
    readonly name: Counter;
    readonly unit: Unit;
    readonly monotonic: boolean;
    readonly value: number;
} | {
    readonly kind: "gauge";
    readonly name: string;
    readonly unit: Unit;
    readonly integer: boolean;
    readonly value: number;
} | {
    readonly kind: "timer";
    readonly name: TimerName;
    readonly unit: Unit;
    readonly value: TimerSnapshot;
}
/** A sample without rates. `latest` is one value of it, if there is any. */
 | {
    readonly kind: "histogram";
    readonly name: string;
    readonly unit: Unit;
    readonly value: Distribution;
    readonly latest: number | undefined;
};
/** All metrics of one moment. */
export interface Report {
    /** `--metrics-prefix`, raw. */
    readonly prefix: string;
    /** Name of this host. */
    readonly hostname: string;
    /** When, Unix milliseconds. */
    readonly time: number;
    /** Sorted by name. */
    readonly metrics: ReadonlyArray<Metric>;
}
/** Where a report takes its numbers from. */
export interface Sources {
    readonly prefix: string;
    readonly hostname: string;
    readonly time: number;
    readonly counter: (name: Counter) => number;
    readonly timer: (name: TimerName) => TimerSnapshot;
    readonly gauges: ReadonlyArray<RuntimeGauge>;
    readonly gcDurations: GcDurations;
}
/** Orders strings by code unit, whatever the locale. */
export declare const byCodeUnit: (a: string, b: string) => number;
/** The report of the numbers as they stand. */
export declare const report: (sources: Sources) => Report;
