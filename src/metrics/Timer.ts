/** A timer: a sample of durations and the rate at which they come (contract: status, section 11). Pure. */
import { type Distribution, distribution } from "./Distribution.ts"
import { Meter, type Rates } from "./Meter.ts"
import { Reservoir } from "./Reservoir.ts"

/** Everything a timer shows: figures in nanoseconds, rates in observations per second. */
export interface TimerSnapshot extends Distribution, Rates {}

/** Records durations. Clock and chance are handed in. */
export class Timer {
  readonly #reservoir: Reservoir
  readonly #meter: Meter

  /** `now`: seconds of the monotonic clock that `observe` and `tick` use too; `random` is uniform in [0, 1). */
  constructor(now: number, random: () => number) {
    this.#reservoir = new Reservoir(random)
    this.#meter = new Meter(now)
  }

  /** One observation of `nanos`, cut to an integer, made at `at` (Unix seconds) and taken in at `now` (monotonic seconds). */
  observe(nanos: number, at: number, now: number): void {
    this.#reservoir.add(Math.trunc(nanos), at)
    this.#meter.mark(now)
  }

  /** Ends a window of the rates. */
  tick(now: number): void {
    this.#meter.tick(now)
  }

  snapshot(): TimerSnapshot {
    return { ...distribution(this.#reservoir.count, this.#reservoir.values()), ...this.#meter.rates() }
  }
}
