/** How many fibers live: the nearest thing to `runtime.goroutines` (contract: status, section 5.2). */
import { type Context, Layer, Metric } from "effect"

/** Counts fibers whose context holds it. */
export class FiberCount implements Metric.FiberRuntimeMetricsService {
  #live = 0

  /** Fibers started and not yet ended, on this thread. */
  get live(): number {
    return this.#live
  }

  readonly recordFiberStart = (_: Context.Context<never>): void => {
    this.#live += 1
  }

  readonly recordFiberEnd = (_: Context.Context<never>): void => {
    // A fiber that began before the count was provided ends uncounted.
    if (this.#live > 0) this.#live -= 1
  }

  /** Counts every fiber started below it: provide it outermost. */
  static readonly layer: Layer.Layer<never> = Layer.sync(Metric.FiberRuntimeMetrics, () => new FiberCount())
}
