/** Figures derived from a set of sampled values (contract: status, section 11). Pure. */
/** What a histogram or timer shows, in the unit of its values; all 0 when nothing was sampled, but `count` is of a lifetime. */
export interface Distribution {
    /** Observations ever made, more than the sample holds once it is full. */
    readonly count: number;
    readonly min: number;
    readonly max: number;
    /** Sum over the sample only: not monotonic. */
    readonly sum: number;
    readonly mean: number;
    /** Population variance of the sample. */
    readonly variance: number;
    readonly stdDev: number;
    /** The value at quantile `p` in (0, 1), interpolated between neighbours. */
    readonly percentile: (p: number) => number;
}
/** The value at quantile `p` of values sorted ascending; 0 without values. */
export declare const percentile: (sorted: Float64Array, p: number) => number;
/** The figures of a sample; `values` is not kept or changed. */
export declare const distribution: (count: number, values: Float64Array) => Distribution;
