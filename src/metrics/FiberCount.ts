/** Counts live fibers, the closest equivalent of `runtime.goroutines` (docs/compatibility/status-and-metrics.md, 5.2). */
import { type Context, Layer, Metric } from "effect"

/** Counts the fibers whose context provides it. */
export class FiberCount implements Metric.FiberRuntimeMetricsService {
  readonly #cell: Int32Array

  /** Counts in the first element of `cell`. Other threads may read it; only one thread may count there. */
  constructor(cell: Int32Array = new Int32Array(1)) {
    this.#cell = cell
  }

  /** Fibers of this thread that have started and not yet ended. */
  get live(): number {
    return this.#cell[0] ?? 0
  }

  readonly recordFiberStart = (_: Context.Context<never>): void => {
    this.#cell[0] = this.live + 1
  }

  readonly recordFiberEnd = (_: Context.Context<never>): void => {
    // A fiber that started before this service was provided was never counted.
    if (this.live > 0) this.#cell[0] = this.live - 1
  }

  /** Counts every fiber started below it; provide it outermost. */
  static readonly layer: Layer.Layer<never> = Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount())

  /** Like `layer`, but counts in `cell`, which another thread may read. */
  static readonly layerIn = (cell: Int32Array): Layer.Layer<never> =>
    Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount(cell))
}
