/**
 * Whose request is worked on next. One request begins per turn of the event loop, so that whatever else this thread does,
 * tunnel connections among it, waits for one reply at most. Requests that a client sent ahead of its replies (pipelined) come
 * after all others: whoever asks once does not queue behind eight hundred requests of somebody else.
 */

/** Begins a request; false when its connection has gone meanwhile. */
export type Begin = () => boolean

export class RequestTurns {
  readonly #prompt: Array<Begin> = []
  readonly #pipelined: Array<Begin> = []
  /** A request began in this turn of the loop, or one waits for the next. */
  #busy = false

  /** Begins the request now, or when it is its turn. */
  enter(begin: Begin, pipelined: boolean): void {
    if (pipelined || this.#busy) {
      const queue = pipelined ? this.#pipelined : this.#prompt
      queue.push(begin)
    } else if (!begin()) return
    if (this.#busy) return
    this.#busy = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    for (let begin = this.#next(); begin !== undefined; begin = this.#next()) {
      if (begin()) return void setImmediate(this.#turn)
    }
    this.#busy = false
  }

  #next(): Begin | undefined {
    return this.#prompt.shift() ?? this.#pipelined.shift()
  }
}
