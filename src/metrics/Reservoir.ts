/**
 * An exponentially decaying priority sample (docs/compatibility/status-and-metrics.md, 11). Pure: the caller passes time and randomness. The
 * Go program's key is `exp(α·(t − t0)) / u`, rescaled every hour to avoid overflow. Only the order of keys matters, so this
 * stores their logarithm, `α·(t − t0) − ln u`: it has the same order, needs no rescaling and does not overflow after hours
 * without a value.
 */

/** The largest number of values a sample holds. */
export const reservoirSize = 1028
/** Decay per second: how strongly newer values are preferred. */
export const alpha = 0.015

/** A sample of a stream of values. It always contains the newest value; values leave only when others replace them. */
export class Reservoir {
  readonly #random: () => number
  /** A binary heap by key, smallest first; `#values[i]` belongs to `#keys[i]`. */
  readonly #keys = new Float64Array(reservoirSize)
  readonly #values = new Float64Array(reservoirSize)
  #size = 0
  #count = 0
  #latest = 0
  #start: number | undefined

  /** `random` is uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random
  }

  /** The number of values ever added. */
  get count(): number {
    return this.#count
  }

  /** The value added last; 0 before the first. */
  get latest(): number {
    return this.#latest
  }

  /** Adds a value observed at `seconds` (any epoch, the same for all values). A full sample first drops its smallest key. */
  add(value: number, seconds: number): void {
    this.#count += 1
    this.#latest = value
    this.#start ??= seconds
    if (this.#size === reservoirSize) this.#removeSmallest()
    this.#insert(alpha * (seconds - this.#start) - Math.log(1 - this.#random()), value)
  }

  /** The values currently held, in no particular order. */
  values(): Float64Array {
    return this.#values.slice(0, this.#size)
  }

  #key(index: number): number {
    return this.#keys[index] ?? Number.POSITIVE_INFINITY
  }

  #set(index: number, key: number, value: number): void {
    this.#keys[index] = key
    this.#values[index] = value
  }

  #copy(to: number, from: number): void {
    this.#set(to, this.#key(from), this.#values[from] ?? 0)
  }

  #insert(key: number, value: number): void {
    let index = this.#size++
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#key(parent) <= key) break
      this.#copy(index, parent)
      index = parent
    }
    this.#set(index, key, value)
  }

  #removeSmallest(): void {
    const size = --this.#size
    const key = this.#key(size)
    const value = this.#values[size] ?? 0
    let index = 0
    for (let child = 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && this.#key(child + 1) < this.#key(child)) child += 1
      if (key <= this.#key(child)) break
      this.#copy(index, child)
      index = child
    }
    this.#set(index, key, value)
  }
}
