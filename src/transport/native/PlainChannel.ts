/** A socket without TLS. */
import { AGAIN, type Channel, END, FAILED } from "./Channel.ts"
import { Sock } from "./Layout.ts"
import { type NativeThread, scratchSize } from "./NativeThread.ts"
import { systemError } from "./SocketCalls.ts"

export class PlainChannel implements Channel {
  error: unknown
  failed = false
  readonly readNeedsWrite = false
  readonly #thread: NativeThread
  readonly #fd: number

  constructor(thread: NativeThread, fd: number) {
    this.#thread = thread
    this.#fd = fd
  }

  fill(): number {
    const thread = this.#thread
    const count = thread.f.read(this.#fd, thread.scratch.at, scratchSize)
    if (count > 0) return count
    if (count === 0) return END
    return thread.mustWait() ? AGAIN : this.#fail("read")
  }

  hasMore(): boolean {
    return false
  }

  write(at: bigint, size: number): number {
    const thread = this.#thread
    const count = thread.f.write(this.#fd, at, size)
    if (count >= 0) return count
    return thread.mustWait() ? AGAIN : this.#fail("write")
  }

  flush(): boolean {
    return true
  }

  endWrites(): boolean {
    this.#thread.f.shutdown(this.#fd, Sock.SHUT_WR)
    return true
  }

  free(): void {}

  #fail(call: "read" | "write"): number {
    this.error = systemError(call, this.#thread.errno())
    this.failed = true
    return FAILED
  }
}
