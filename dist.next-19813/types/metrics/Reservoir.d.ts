/**
 * An exponentially decaying priority sample (contract: status, section 11). Pure: time and chance are handed in.
 *
 * The contract's key is `exp(α·(t − t0)) / u`, rescaled every hour lest it overflow. Only the order of keys matters, so
 * this keeps their logarithm, `α·(t − t0) − ln u`: the same order, no rescaling, and no overflow after hours of silence.
 */
/** Most values a sample holds. */
export declare const reservoirSize = 1028;
/** Weight of the present over the past, per second. */
export declare const alpha = 0.015;
/** A sample of a stream of values. The newest value is always in it; nothing leaves by time alone. */
export declare class Reservoir {
    #private;
    /** `random` is uniform in [0, 1). */
    constructor(random: () => number);
    /** Values ever added. */
    get count(): number;
    /** The value added last; 0 before the first. */
    get latest(): number;
    /** Adds a value seen at `seconds` (any epoch, the same for all). A full sample first loses its smallest key. */
    add(value: number, seconds: number): void;
    /** The values held now, in no order. */
    values(): Float64Array;
}
