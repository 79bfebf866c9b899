/** One way of a pumped connection: reads from one channel, writes to the other, and knows how it ended. */

import type { FailureSource } from "../ConnectionFailure.ts"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import { isNormalEnd } from "../SystemErrors.ts"
import { explain } from "../TlsErrors.ts"
import { AGAIN, END } from "./Channel.ts"
import type { NativeStream } from "./NativeStream.ts"
import type { Memory, NativeThread } from "./NativeThread.ts"

/** How a direction ended. */
export type DirectionEnd = "eof" | "reset" | "error" | "timeout"

/** The two ends of a direction, what they are called in failures, and who wants to know. */
export interface DirectionOptions {
  readonly from: NativeStream
  readonly to: NativeStream
  /** Who is behind `from`. */
  readonly source: FailureSource
  /** Who is behind `to`. */
  readonly sink: FailureSource
  /** Bytes the kernel has taken just now. */
  readonly carried: (bytes: number) => void
  readonly onEnded: (direction: Direction) => void
}

export class Direction {
  /** Bytes the kernel has taken. */
  bytes = 0
  end: DirectionEnd | undefined
  failure: ConnectionFailure | undefined
  readonly #thread: NativeThread
  readonly #ends: DirectionOptions
  /** What the sink did not take. */
  #held: Memory | undefined
  #heldFrom = 0
  #heldLeft = 0
  /** Bytes the sink's session has taken and not handed on yet. */
  #unflushed = 0
  #sinkIsFull = false
  /** How it ends once what was read is written; undefined while the source still delivers. */
  #finishing: DirectionEnd | undefined
  #waitingTurn = false
  #watching = false
  #lastActivity = 0

  constructor(thread: NativeThread, ends: DirectionOptions) {
    this.#thread = thread
    this.#ends = ends
  }

  get wantsToRead(): boolean {
    return this.end === undefined && this.#finishing === undefined && !this.#sinkIsFull
  }

  /** It will run without an event, once others have had their turn. */
  get waitsForTurn(): boolean {
    return this.#waitingTurn
  }

  get wantsToWrite(): boolean {
    return this.end === undefined && this.#sinkIsFull
  }

  /** From now on activity is timed. */
  watch(): void {
    this.#watching = true
    this.#lastActivity = performance.now()
  }

  /** Milliseconds without a byte read or written. */
  idleMillis(): number {
    return performance.now() - this.#lastActivity
  }

  /** Moves what can be read at once, and no more: others come next. True when there may be more that raises no event. */
  run(): boolean {
    const { channel } = this.#ends.from
    for (;;) {
      if (this.end !== undefined || !this.#settle()) return false
      if (this.#finishing !== undefined) {
        this.#conclude(this.#finishing)
        return false
      }
      const count = channel.fill()
      if (count === AGAIN) return false
      if (count > 0) {
        this.#pass(count)
        return this.wantsToRead && channel.hasMore()
      }
      // An end is dealt with at once: nothing would call again for it.
      if (count === END) this.#finishing = "eof"
      else this.#readFailed()
    }
  }

  /** Runs it again once others have had their turn, once. */
  takeTurn(run: () => boolean): void {
    if (this.#waitingTurn) return
    this.#waitingTurn = true
    this.#thread.poller.soon(() => {
      this.#waitingTurn = false
      return run()
    })
  }

  /** Ends it now, as a timeout. What waits for the sink stays: `drain` may still write it. */
  cut(): void {
    if (this.end !== undefined) return
    const { from, source, sink, to } = this.#ends
    const writing = this.#sinkIsFull
    this.failure = ConnectionFailure.CopyFailed({
      source: writing ? sink : source,
      reason: "timeout",
      message: `${writing ? to.operation("write") : from.operation("read")}: i/o timeout`
    })
    this.#finish("timeout")
  }

  /** Ends it without a word: its TLS session is dead. */
  abandon(): void {
    this.#finish("reset")
  }

  /** Writes what was left when it ended. True when there is nothing left. */
  readonly drain = (): boolean => this.#ends.to.channel.failed || this.#writeHeld()

  /** Gives back its memory. */
  release(): void {
    if (this.#held === undefined) return
    this.#thread.release(this.#held)
    this.#held = undefined
    this.#heldLeft = 0
  }

  /** Passes on what lies in the scratch buffer. */
  #pass(count: number): void {
    const { scratch } = this.#thread
    const { channel } = this.#ends.to
    if (this.#watching) this.#lastActivity = performance.now()
    const written = channel.write(scratch.at, count)
    if (channel.failed) return this.#writeFailed()
    const taken = Math.max(0, written)
    this.#unflushed += taken
    if (taken < count) {
      const held = this.#thread.hold()
      scratch.bytes.copy(held.bytes, 0, taken, count)
      this.#held = held
      this.#heldFrom = 0
      this.#heldLeft = count - taken
    }
    this.#flush()
  }

  /** Hands on what the sink has taken; notes whether it has to be waited for. */
  #flush(): void {
    const { channel } = this.#ends.to
    const flushed = channel.flush()
    if (channel.failed) return this.#writeFailed()
    if (flushed && this.#unflushed > 0) {
      this.bytes += this.#unflushed
      this.#ends.carried(this.#unflushed)
      this.#unflushed = 0
    }
    this.#sinkIsFull = !flushed || this.#held !== undefined
  }

  /** Whether nothing waits for the sink any more. */
  #settle(): boolean {
    if (!this.#sinkIsFull) return true
    const before = this.bytes + this.#unflushed
    this.#writeHeld()
    if (this.end !== undefined) return false
    this.#flush()
    if (this.#watching && this.bytes + this.#unflushed !== before) this.#lastActivity = performance.now()
    return this.end === undefined && !this.#sinkIsFull
  }

  #writeHeld(): boolean {
    const held = this.#held
    if (held === undefined) return true
    const { channel } = this.#ends.to
    const written = channel.write(held.at + BigInt(this.#heldFrom), this.#heldLeft)
    if (channel.failed) {
      this.#writeFailed()
      return true
    }
    const taken = Math.max(0, written)
    this.#unflushed += taken
    this.#heldFrom += taken
    this.#heldLeft -= taken
    if (this.#heldLeft > 0) return false
    this.release()
    return true
  }

  #readFailed(): void {
    const { from, source } = this.#ends
    const { error } = from.channel
    if (isNormalEnd(error)) {
      this.#finishing = "reset"
      return
    }
    this.failure = ConnectionFailure.CopyFailed({ source, ...explain(error, from.operation("read")) })
    this.#finishing = "error"
  }

  #writeFailed(): void {
    if (this.end !== undefined) return
    const { sink, to } = this.#ends
    const { error } = to.channel
    if (!isNormalEnd(error)) {
      this.failure = ConnectionFailure.CopyFailed({ source: sink, ...explain(error, to.operation("write")) })
    }
    this.#finish(this.failure === undefined ? "reset" : "error")
  }

  /** Everything is written: half-closes the sink. */
  #conclude(how: DirectionEnd): void {
    this.#sinkIsFull = !this.#ends.to.channel.endWrites()
    if (!this.#sinkIsFull) this.#finish(how)
  }

  #finish(how: DirectionEnd): void {
    if (this.end !== undefined) return
    this.end = how
    if (how !== "timeout") {
      this.release()
      this.#ends.to.channel.endWrites()
    }
    this.#ends.onEnded(this)
  }
}
