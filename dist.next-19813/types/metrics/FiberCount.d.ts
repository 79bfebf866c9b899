/** How many fibers live: the nearest thing to `runtime.goroutines` (contract: status, section 5.2). */
import { type Context, Layer, Metric } from "effect";
/** Counts fibers whose context holds it. */
export declare class FiberCount implements Metric.FiberRuntimeMetricsService {
    #private;
    /** Counts in the first element, which another thread may read; only one thread may count there. */
    constructor(cell?: Int32Array);
    /** Fibers started and not yet ended, on this thread. */
    get live(): number;
    readonly recordFiberStart: (_: Context.Context<never>) => void;
    readonly recordFiberEnd: (_: Context.Context<never>) => void;
    /** Counts every fiber started below it: provide it outermost. */
    static readonly layer: Layer.Layer<never>;
    /** The same, where another thread reads it. */
    static readonly layerIn: (cell: Int32Array) => Layer.Layer<never>;
}
