/**
 * Schedules requests. One begins per turn of the event loop, so that all other work on this thread, including tunnel
 * connections, waits for one reply at most. Pipelined requests are limited further: no client needs them here, and a few
 * hundred clients that send thousands must not exhaust processor or memory.
 */

/** Maximum of concurrent pipelined requests over all connections. */
export const pipelinedAtATime = 4
/** Minimum time between the starts of two pipelined requests over all connections, milliseconds. */
const pipelinedMillis = 2

/** A complete request. */
export interface Turn {
  readonly pipelined: boolean
  /** Begins to answer it; false if its connection has closed. Called once. */
  readonly begin: () => boolean
}

export class RequestTurns {
  readonly #prompt: Array<Turn> = []
  readonly #pipelined: Array<Turn> = []
  /** A request has begun in this turn of the event loop. */
  #begun = false
  /** Pipelined requests in progress. */
  #underWay = 0
  #timer: NodeJS.Timeout | undefined

  /** Begins a request now or in its turn. Call {@link leave} for each one that has begun. */
  enter(turn: Turn): void {
    if (turn.pipelined) {
      this.#pipelined.push(turn)
      this.#meter()
    } else {
      this.#prompt.push(turn)
      if (!this.#begun) this.#next()
    }
  }

  /** A request has been answered, or its connection has closed. */
  leave({ pipelined }: Turn): void {
    if (!pipelined) return
    this.#underWay--
    this.#meter()
  }

  readonly #next = (): void => {
    this.#begun = true
    for (let turn = this.#prompt.shift(); turn !== undefined; turn = this.#prompt.shift()) {
      if (turn.begin()) return void setImmediate(this.#next)
    }
    this.#begun = false
  }

  #meter(): void {
    if (this.#timer !== undefined || this.#pipelined.length === 0 || this.#underWay >= pipelinedAtATime) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      for (let turn = this.#pipelined.shift(); turn !== undefined; turn = this.#pipelined.shift()) {
        this.#underWay++
        if (turn.begin()) break
        this.#underWay--
      }
      this.#meter()
    }, pipelinedMillis)
  }
}
