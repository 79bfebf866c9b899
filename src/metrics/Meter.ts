/** Event rates as moving averages (docs/compatibility/status-and-metrics.md, 11). Pure: the caller passes the time. */

/** Seconds between two ticks of every meter. */
export const tickSeconds = 5

/** Events per second. */
export interface Rates {
  /** Exponentially weighted over one minute. */
  readonly rate1: number
  /** Over five minutes. */
  readonly rate5: number
  /** Over fifteen minutes. */
  readonly rate15: number
  /** Mean since the meter was created, as of the latest event or tick. */
  readonly rateMean: number
}

/** An exponentially weighted moving average over `minutes`. */
class MovingAverage {
  readonly #weight: number
  #rate: number | undefined

  constructor(minutes: number) {
    this.#weight = 1 - Math.exp(-tickSeconds / 60 / minutes)
  }

  get rate(): number {
    return this.#rate ?? 0
  }

  tick(instant: number): void {
    this.#rate = this.#rate === undefined ? instant : this.#rate + this.#weight * (instant - this.#rate)
  }
}

/** Counts events. Call `tick` every {@link tickSeconds}. Times are seconds of one monotonic clock. */
export class Meter {
  readonly #created: number
  readonly #one = new MovingAverage(1)
  readonly #five = new MovingAverage(5)
  readonly #fifteen = new MovingAverage(15)
  #count = 0
  #sinceTick = 0
  #mean = 0

  constructor(now: number) {
    this.#created = now
  }

  /** Counts one event. */
  mark(now: number): void {
    this.#count += 1
    this.#sinceTick += 1
    this.#refreshMean(now)
  }

  /** Ends the five-second window. */
  tick(now: number): void {
    const instant = this.#sinceTick / tickSeconds
    this.#sinceTick = 0
    this.#one.tick(instant)
    this.#five.tick(instant)
    this.#fifteen.tick(instant)
    this.#refreshMean(now)
  }

  rates(): Rates {
    return { rate1: this.#one.rate, rate5: this.#five.rate, rate15: this.#fifteen.rate, rateMean: this.#mean }
  }

  #refreshMean(now: number): void {
    const elapsed = now - this.#created
    this.#mean = elapsed > 0 ? this.#count / elapsed : 0
  }
}
