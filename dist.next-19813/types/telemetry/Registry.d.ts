/**
 * Families of metrics in Effect's metric registry, which every exporter reads. Names are those of the classic Prometheus
 * grammar, without the `_total` that some formats put behind a counter's name; units are base units.
 */
import { type Context, Metric } from "effect";
export type Labels = Readonly<Record<string, string>>;
/** Series that differ by labels. The order of labels must always be the same. */
export interface Family {
    readonly record: (value: number, labels?: Labels) => void;
    /** Takes a series out; the next value begins it anew. */
    readonly forget: (labels: Labels) => void;
}
export interface Registration {
    readonly remove: () => void;
}
export interface Described {
    readonly name: string;
    readonly help: string;
}
/** What is behind the context's metric registry. */
export declare class Registry {
    #private;
    constructor(context: Context.Context<never>);
    /** A number that only grows. */
    counter({ help, name }: Described): Family;
    /** Observations, counted by the upper bounds they stay below. */
    histogram({ help, name }: Described, boundaries: ReadonlyArray<number>): Family;
    /** A number that is read when somebody asks. */
    gauge({ help, name }: Described, read: () => number, attributes?: Labels): Registration;
    /** A growing number that somebody else keeps. */
    counted({ help, name }: Described, read: () => number, attributes?: Labels): Registration;
    /** Everything, as it stands. */
    snapshot(): ReadonlyArray<Metric.Metric.Snapshot>;
}
