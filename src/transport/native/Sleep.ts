/**
 * How a worker thread sleeps: in the transport's epoll, with the descriptor of Node's loop in it (libuv's way of being
 * embedded: `uv_backend_fd`, `uv_backend_timeout`). As long as only bytes are moved nothing of Node's has to run, and what a
 * turn of its loop costs is saved. For everything else (timers, messages, promises, the end of the thread) Node's loop gets
 * its turn at once.
 */
import type { Bound, Symbols } from "./Symbols.ts"

/** What stands in an epoll event for Node's loop in place of a descriptor. */
export const nodesLoop = -1

const nothing = (): void => {}

export class Sleep {
  /** Milliseconds slept so far. */
  millis = 0
  readonly #f: Symbols
  readonly #loop: bigint
  readonly #epoll: number

  constructor({ addressOf, f, ffi }: Bound, epoll: number) {
    this.#f = f
    this.#loop = ffi.getCurrentEventLoop()
    this.#epoll = epoll
    const add = f._ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_
    add(f._ZN2v87Isolate10GetCurrentEv(), addressOf("close"), BigInt(epoll))
  }

  /** Waits and serves until Node's loop has something to do. `wait` tells whether it may be called again. */
  serve(hurried: boolean, wait: (timeout: number) => boolean): void {
    let timeout = hurried ? 0 : this.#patience()
    const due = timeout > 0 ? performance.now() + timeout : Number.POSITIVE_INFINITY
    while (wait(timeout)) {
      if (timeout === 0) return
      if (timeout > 0) timeout = Math.max(0, Math.ceil(due - performance.now()))
    }
  }

  /** `epoll_wait`. */
  wait(events: bigint, most: number, timeout: number): number {
    return timeout === 0 ? this.#f.epoll_wait(this.#epoll, events, most, 0) : this.transportSleep(events, most, timeout)
  }

  /** Profiles know by its name that this is sleep. */
  transportSleep(events: bigint, most: number, timeout: number): number {
    const began = performance.now()
    const count = this.#f.epoll_wait(this.#epoll, events, most, timeout)
    this.millis += performance.now() - began
    return count
  }

  /** Milliseconds until Node's loop has something to do; -1: it waits for events alone. */
  #patience(): number {
    // An immediate that waits counts as work; the last one that is unreferenced stops what Node has set up for that.
    clearImmediate(setImmediate(nothing).unref())
    this.#f.uv_update_time(this.#loop)
    return this.#f.uv_backend_timeout(this.#loop)
  }
}
