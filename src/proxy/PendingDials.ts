/**
 * Connections that are accepted and still going to dial, over all threads: each of them takes one more descriptor before
 * long, whichever thread asks whether some are left (docs/compatibility/command-line.md, 4.3).
 */

// Two 32-bit words a thread, written by that thread alone; the second one counts for ever and may wrap.
const PENDING = 0
const BEGUN = 1
const PER_THREAD = 2

export class PendingDials {
  readonly #words: Int32Array
  readonly #own: number

  /** Joins as this thread. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#words = new Int32Array(memory)
    this.#own = thread * PER_THREAD
  }

  /** What all threads are given. */
  static readonly allocate = (threads: number): SharedArrayBuffer => new SharedArrayBuffer(threads * PER_THREAD * 4)

  /** Forgets what a dead thread was going to dial. */
  static readonly threadLost = (memory: SharedArrayBuffer, thread: number): void =>
    void Atomics.store(new Int32Array(memory), thread * PER_THREAD + PENDING, 0)

  begin(): void {
    Atomics.add(this.#words, this.#own + PENDING, 1)
    Atomics.add(this.#words, this.#own + BEGUN, 1)
  }

  /** It has dialled, or never will. */
  end(): void {
    Atomics.sub(this.#words, this.#own + PENDING, 1)
  }

  /** Pending now. */
  get pending(): number {
    return this.#sum(PENDING)
  }

  /** Ever begun; only differences mean something, modulo 2³². */
  get begun(): number {
    return this.#sum(BEGUN)
  }

  #sum(field: number): number {
    let sum = 0
    for (let at = field; at < this.#words.length; at += PER_THREAD) sum += Atomics.load(this.#words, at)
    return sum
  }
}
