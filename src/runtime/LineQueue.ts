/**
 * A queue of lines to a reader that may stall: lines are written at once while it reads, and kept in order otherwise. Writing
 * never blocks.
 */

/** How many bytes of a line have been written, or why the rest cannot be. */
export type Taken = number | "gone" | "failed"

/**
 * Takes more of a line, of which `from` bytes were taken before, without waiting: the same number when nothing can be taken
 * now, a smaller one when the line had to be begun anew. `gone`: the reader has closed its end.
 */
export type Output = (line: Uint8Array, from: number) => Taken

/** Limits in bytes. */
export interface LineLimits {
  /** Below this many queued bytes there is room. */
  readonly room: number
  /** At this many queued bytes lines are refused until there is room again. */
  readonly most: number
}

const usual: LineLimits = { room: 1 << 20, most: 64 << 20 }

/** Pause between attempts, milliseconds: doubled after each attempt that wrote nothing. */
const SHORTEST_PAUSE = 1
const LONGEST_PAUSE = 100
/** Longest time for one attempt, in milliseconds: other work goes on in between. */
const TURN = 5
/** How long the end of the process waits for a reader, in milliseconds. */
const EXIT_PATIENCE = 1_000

const nap = new Int32Array(new SharedArrayBuffer(4))

export class LineQueue {
  readonly #output: Output
  readonly #limits: LineLimits
  readonly #waiting: Array<Uint8Array> = []
  /** How much of the first line has been taken. */
  #from = 0
  #bytes = 0
  #refusing = false
  #timer: NodeJS.Timeout | undefined
  #pause = SHORTEST_PAUSE
  #roomWanted: Array<() => void> = []

  constructor(output: Output, limits: LineLimits = usual) {
    this.#output = output
    this.#limits = limits
  }

  /** Writes the line or queues it; `false` if the queue is full and the line is refused. */
  write(text: string): boolean {
    if (this.#refusing) return false
    const line = Buffer.from(text)
    if (this.#waiting.length === 0 && this.#pass(line)) return true
    this.#waiting.push(line)
    this.#bytes += line.length
    this.#refusing = this.#bytes >= this.#limits.most
    this.#tryLater()
    return true
  }

  /** Calls back once there is room: at once if there is. */
  whenRoom(then: () => void): void {
    if (this.#bytes < this.#limits.room) then()
    else this.#roomWanted.push(then)
  }

  /** Writes what waits, and waits for the reader no longer than this. */
  flush(patience = EXIT_PATIENCE): void {
    const deadline = performance.now() + patience
    while (this.#waiting.length > 0 && performance.now() < deadline) {
      if (!this.#drain()) Atomics.wait(nap, 0, 0, TURN)
    }
  }

  /** Flushes the queue at process exit; the returned function cancels that. */
  flushAtExit(): () => void {
    const listener = () => this.flush()
    process.on("exit", listener)
    return () => void process.off("exit", listener)
  }

  /** Whether the first line is done with: written, or lost. */
  #pass(line: Uint8Array): boolean {
    while (this.#from < line.length) {
      const taken = this.#output(line, this.#from)
      if (taken === this.#from) return false
      if (typeof taken !== "number") break
      this.#from = taken
    }
    this.#from = 0
    return true
  }

  /** Passes on what it can in one turn; whether that was any line. */
  #drain(): boolean {
    const deadline = performance.now() + TURN
    let done = 0
    for (const line of this.#waiting) {
      if (performance.now() > deadline || !this.#pass(line)) break
      this.#bytes -= line.length
      done++
    }
    this.#waiting.splice(0, done)
    if (this.#bytes < this.#limits.room) {
      this.#refusing = false
      for (const then of this.#roomWanted.splice(0)) then()
    }
    return done > 0
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#pause = this.#drain() ? SHORTEST_PAUSE : Math.min(2 * this.#pause, LONGEST_PAUSE)
      if (this.#waiting.length > 0) this.#tryLater()
    }, this.#pause).unref()
  }
}
