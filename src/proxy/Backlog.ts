/**
 * Records that a thread has sent and the log has no room for. When the log's reader stops, lines would pile up without end: a
 * thread with many such records takes no new connections until they are gone.
 */
import type { Log } from "../runtime/Logging.ts"

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

  /** Counts them as taken once the log has room. */
  takenBy({ whenRoom }: Log["Service"], records: number): void {
    if (whenRoom === undefined) this.taken(records)
    else whenRoom(() => this.taken(records))
  }

  get isFull(): boolean {
    return Atomics.load(this.#waiting, 0) >= limit
  }
}
