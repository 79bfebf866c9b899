/**
 * Records that a thread has sent and the main thread has not taken. When the log's reader stops, the main thread stops with
 * it, and records would pile up without end: a thread with many of them takes no new connections until they are gone.
 */

/** Records that may wait, of one thread: some ten megabytes. */
const limit = 10_000

export class Backlog {
  readonly #waiting: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#waiting = new Int32Array(memory)
  }

  /** What both threads are given. */
  static readonly allocate = (): SharedArrayBuffer => new SharedArrayBuffer(4)

  sent(records: number): void {
    Atomics.add(this.#waiting, 0, records)
  }

  taken(records: number): void {
    Atomics.sub(this.#waiting, 0, records)
  }

  get isFull(): boolean {
    return Atomics.load(this.#waiting, 0) >= limit
  }
}
