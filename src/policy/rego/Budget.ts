/**
 * Bounds an evaluation in steps and in time. Everything that loops spends steps; the clock is read once in a while.
 */

/** An evaluation that was stopped: not an error of the policy, and no verdict. */
export class Interrupted extends Error {
  readonly reason: "steps" | "time" | "memory" | "depth"
  constructor(reason: "steps" | "time" | "memory" | "depth") {
    super(`evaluation stopped: its budget of ${reason} is used up`)
    this.reason = reason
  }
}

export interface Limits {
  /** Steps of evaluation; unlimited when left out. */
  readonly steps?: number
  /** Milliseconds from the start of the evaluation; unlimited when left out. */
  readonly milliseconds?: number
}

/** How many steps pass between two looks at the clock: well below a millisecond's worth. */
const stride = 1_024

/** The largest string or collection one built-in may produce, in UTF-16 units or members. */
export const largestResult = 32 * 1024 * 1024

export class Budget {
  #left: number
  #next: number
  readonly #deadline: number
  #used = 0

  constructor(limits: Limits) {
    this.#left = limits.steps ?? Number.POSITIVE_INFINITY
    this.#deadline =
      limits.milliseconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + limits.milliseconds
    this.#next = stride
  }

  /** Steps spent so far. */
  get used(): number {
    return this.#used
  }

  /** Spends steps; throws `Interrupted` when the budget is used up. A built-in spends about one for each member it visits. */
  spend(steps: number): void {
    this.#used += steps
    this.#left -= steps
    this.#next -= steps
    if (this.#left < 0) throw new Interrupted("steps")
    if (this.#next > 0) return
    this.#next = stride
    if (performance.now() > this.#deadline) throw new Interrupted("time")
  }

  /** Refuses a result of this size before it is built. */
  allocate(size: number): void {
    if (size > largestResult) throw new Interrupted("memory")
    this.spend(size >> 6)
  }
}
