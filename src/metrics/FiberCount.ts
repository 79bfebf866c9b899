/** How many fibers live: the nearest thing to `runtime.goroutines` (contract: status, section 5.2). */
import { type Context, Layer, Metric } from "effect"

/** Counts fibers whose context holds it. */
export class FiberCount implements Metric.FiberRuntimeMetricsService {
  readonly #cell: Int32Array

  /** Counts in the first element, which another thread may read; only one thread may count there. */
  constructor(cell: Int32Array = new Int32Array(1)) {
    this.#cell = cell
  }

  /** Fibers started and not yet ended, on this thread. */
  get live(): number {
    return this.#cell[0] ?? 0
  }

  readonly recordFiberStart = (_: Context.Context<never>): void => {
    this.#cell[0] = this.live + 1
  }

  readonly recordFiberEnd = (_: Context.Context<never>): void => {
    // A fiber that began before the count was provided ends uncounted.
    if (this.live > 0) this.#cell[0] = this.live - 1
  }

  /** Counts every fiber started below it: provide it outermost. */
  static readonly layer: Layer.Layer<never> = Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount())

  /** The same, where another thread reads it. */
  static readonly layerIn = (cell: Int32Array): Layer.Layer<never> =>
    Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount(cell))
}
