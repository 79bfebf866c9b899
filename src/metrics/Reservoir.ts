/**
 * An exponentially decaying priority sample (contract: status, section 11). Pure: time and chance are handed in.
 *
 * The contract's key is `exp(α·(t − t0)) / u`, rescaled every hour lest it overflow. Only the order of keys matters, so
 * this keeps their logarithm, `α·(t − t0) − ln u`: the same order, no rescaling, and no overflow after hours of silence.
 */

/** Most values a sample holds. */
export const reservoirSize = 1028
/** Weight of the present over the past, per second. */
export const alpha = 0.015

/** A sample of a stream of values. The newest value is always in it; nothing leaves by time alone. */
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

  /** Values ever added. */
  get count(): number {
    return this.#count
  }

  /** The value added last; 0 before the first. */
  get latest(): number {
    return this.#latest
  }

  /** Adds a value seen at `seconds` (any epoch, the same for all). A full sample first loses its smallest key. */
  add(value: number, seconds: number): void {
    this.#count += 1
    this.#latest = value
    this.#start ??= seconds
    if (this.#size === reservoirSize) this.#removeSmallest()
    this.#insert(alpha * (seconds - this.#start) - Math.log(1 - this.#random()), value)
  }

  /** The values held now, in no order. */
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
