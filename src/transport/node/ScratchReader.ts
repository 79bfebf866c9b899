/**
 * Reads plain sockets into one buffer per thread. Node otherwise takes 64 KiB from the heap's outside for each read,
 * however small, and V8 answers with a full garbage collection for every 64 MiB of them.
 */
import { Buffer } from "node:buffer"
import type { OnReadOpts } from "node:net"

// Shared by all sockets of the thread: a read fills it and is dealt with before the next one begins.
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** What a socket made with `options` reads goes to the taker, as a view that is valid during the call only. */
export class ScratchReader {
  #early: Array<Buffer> = []
  #take: ((view: Buffer) => void) | undefined

  readonly options: OnReadOpts = {
    buffer: scratch,
    callback: (size) => {
      const view = scratch.subarray(0, size)
      if (this.#take !== undefined) {
        this.#take(view)
        return true
      }
      // The socket is paused until there is a taker; should it read all the same, nothing is lost.
      this.#early.push(Buffer.from(view))
      return false
    }
  }

  /** Sets the taker. */
  readonly start = (take: (view: Buffer) => void): void => {
    this.#take = take
    for (const chunk of this.#early.splice(0)) take(chunk)
  }
}
