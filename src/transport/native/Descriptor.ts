/** One socket: its one owner, what waits for it, and how it is closed. After that it does nothing any more. */
import type { Native } from "./Native.ts"
import type { Watched } from "./Poller.ts"

const ignore = (): void => {}

export class Descriptor implements Watched {
  readonly fd: number
  mask = 0
  serial = 0
  /** Called with what epoll reports; may come without reason. */
  onReady: (mask: number) => unknown = ignore
  readonly #native: Native
  #open = true

  constructor(native: Native, fd: number) {
    this.#native = native
    this.fd = fd
  }

  get open(): boolean {
    return this.#open
  }

  /** Waits for these events from now on; for nothing with 0. */
  wait(mask: number): void {
    if (this.#open) this.#native.thread.poller.wait(this, mask)
  }

  /** Closes it. Idempotent. */
  close(): void {
    if (this.#end()) this.#native.thread.close(this.fd)
  }

  /** Closes it with a reset, on TCP. Idempotent. */
  reset(): void {
    if (this.#end()) this.#native.sockets.reset(this.fd)
  }

  #end(): boolean {
    if (!this.#open) return false
    this.wait(0)
    this.#open = false
    this.onReady = ignore
    return true
  }
}
