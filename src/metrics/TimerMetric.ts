/** A timer: a sample of durations and the rate of observations (docs/compatibility/status-and-metrics.md, 11). Pure. */
import { type Distribution, distribution } from "./Distribution.ts"
import { Meter, type Rates } from "./Meter.ts"
import { Reservoir } from "./Reservoir.ts"

/** Everything a timer reports: durations in nanoseconds, rates in observations per second. */
export interface TimerSnapshot extends Distribution, Rates {}

/** Records durations. The caller passes time and randomness. */
export class TimerMetric {
  readonly #reservoir: Reservoir
  readonly #meter: Meter

  /** `now`: seconds of the monotonic clock that `observe` and `tick` use too; `random` is uniform in [0, 1). */
  constructor(now: number, random: () => number) {
    this.#reservoir = new Reservoir(random)
    this.#meter = new Meter(now)
  }

  /**
   * Records one duration of `nanos`, truncated to an integer. `at`: when it was observed (Unix seconds); `now`: when it was
   * drained (monotonic seconds).
   */
  observe(nanos: number, at: number, now: number): void {
    this.#reservoir.add(Math.trunc(nanos), at)
    this.#meter.mark(now)
  }

  /** Ends the rates' five-second window. */
  tick(now: number): void {
    this.#meter.tick(now)
  }

  snapshot(): TimerSnapshot {
    return { ...distribution(this.#reservoir.count, this.#reservoir.values()), ...this.#meter.rates() }
  }
}
