/**
 * Which request is answered next. One begins per turn of the event loop, so that everything else on this thread, tunnel
 * connections among it, waits for one reply at most. Requests that a client sends ahead of its replies (pipelined) are
 * metered: no client needs them here, and a few hundred clients that send thousands must cost neither the processor nor memory.
 */

/** Pipelined requests that are being answered at a time, over all connections. */
export const pipelinedAtATime = 4
/** A pipelined request begins no sooner than so many milliseconds after the one before, over all connections. */
const pipelinedMillis = 2

/** A request that is complete. */
export interface Turn {
  readonly pipelined: boolean
  /** Begins to answer it; false when its connection has gone meanwhile. Called once. */
  readonly begin: () => boolean
}

export class RequestTurns {
  readonly #prompt: Array<Turn> = []
  readonly #pipelined: Array<Turn> = []
  /** A request has begun in this turn of the loop. */
  #begun = false
  /** Pipelined requests under way. */
  #underWay = 0
  #timer: NodeJS.Timeout | undefined

  /** Begins a request now, or when it is its turn. Each one that has begun must {@link leave}. */
  enter(turn: Turn): void {
    if (turn.pipelined) {
      this.#pipelined.push(turn)
      this.#meter()
    } else {
      this.#prompt.push(turn)
      if (!this.#begun) this.#next()
    }
  }

  /** A request has been answered, or its connection has gone. */
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
