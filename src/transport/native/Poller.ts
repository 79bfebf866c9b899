/**
 * Readiness of sockets: an epoll of the thread's own, hung into Node's loop. No C code ever calls JavaScript for it, so a
 * thread can be ended at any moment: libuv only wakes up for the epoll descriptor (its callback is a harmless function of
 * libuv itself), and Node then runs an immediate that was waiting, which drains the epoll.
 */
import { Buffer } from "node:buffer"
import { Epoll, type Layout, Uv } from "./Layout.ts"
import type { Bound, Symbols } from "./Symbols.ts"

/** Events taken at a time, and how often in a row before the loop gets its turn. */
const batch = 256
const rounds = 4
const several = 4

/** What is watched. `mask` and `serial` are the poller's to write. */
export interface Watched {
  readonly fd: number
  /** The events waited for; 0 while it is not watched. */
  mask: number
  /** Which watching this is: events of an earlier one are none of its own. */
  serial: number
  readonly onReady: (mask: number) => void
}

/** The epoll of one thread. It lives as long as the thread. */
export class Poller {
  readonly #f: Symbols
  readonly #layout: Layout
  readonly #epoll: number
  readonly #handle: bigint
  readonly #event: Buffer
  readonly #events: Buffer
  readonly #eventsAt: bigint
  readonly #watched: Array<Watched | undefined> = []
  #again: Array<() => void> = []
  #count = 0
  #serial = 0
  #immediate: NodeJS.Immediate | undefined

  constructor(bound: Bound, layout: Layout, inWorker: boolean) {
    const { f, ffi } = bound
    this.#f = f
    this.#layout = layout
    const { size } = layout.epollEvent
    this.#event = Buffer.from(new ArrayBuffer(size))
    this.#events = Buffer.from(new ArrayBuffer(size * batch))
    this.#eventsAt = ffi.getRawPointer(this.#events)
    this.#epoll = f.epoll_create1(Epoll.CLOEXEC)
    if (this.#epoll < 0) throw new Error("epoll_create1 failed")
    // Never freed: libuv looks at it after everything of JavaScript's is gone.
    this.#handle = f.calloc(1n, f.uv_handle_size(Uv.POLL))
    if (this.#handle === 0n || f.uv_poll_init(ffi.getCurrentEventLoop(), this.#handle, this.#epoll) !== 0) {
      throw new Error("uv_poll_init failed")
    }
    if (ffi.getUint32(this.#handle, layout.uvHandleFlags) !== Uv.REF) throw new Error("uv_handle_t has another layout")
    if (inWorker) this.#prepareForTheEnd(bound)
    if (f.uv_poll_start(this.#handle, Uv.READABLE, bound.addressOf("uv_is_active")) !== 0) {
      throw new Error("uv_poll_start failed")
    }
    f.uv_unref(this.#handle)
  }

  /** A thread that ends does not wait for handles it does not know: this one counts as libuv's own and stops by itself. */
  #prepareForTheEnd(bound: Bound): void {
    const { f, ffi } = bound
    ffi.setUint32(this.#handle, this.#layout.uvHandleFlags, Uv.REF | Uv.INTERNAL)
    const isolate = f._ZN2v87Isolate10GetCurrentEv()
    const add = f._ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_
    add(isolate, bound.addressOf("close"), BigInt(this.#epoll))
    add(isolate, bound.addressOf("uv_poll_stop"), this.#handle)
  }

  /** Waits for these events from now on; for none, not even for a hang-up, with 0. */
  wait(watched: Watched, mask: number): void {
    if (mask === watched.mask) return
    if (watched.mask === 0) {
      watched.serial = this.#serial = (this.#serial + 1) % 0x7fff_ffff
      this.#watched[watched.fd] = watched
      this.#control(Epoll.ADD, watched, mask)
      if (this.#count++ === 0) this.#f.uv_ref(this.#handle)
      this.#arm()
    } else if (mask === 0) {
      this.#watched[watched.fd] = undefined
      this.#control(Epoll.DEL, watched, 0)
      if (--this.#count === 0) this.#f.uv_unref(this.#handle)
    } else this.#control(Epoll.MOD, watched, mask)
    watched.mask = mask
  }

  /** Runs this in the next turn of the loop, which does not sleep before: for what is ready but raises no event. */
  soon(run: () => void): void {
    this.#again.push(run)
    this.#arm()
    this.#immediate?.ref()
  }

  #control(operation: number, watched: Watched, mask: number): void {
    const { data } = this.#layout.epollEvent
    this.#event.writeUInt32LE(mask, 0)
    this.#event.writeInt32LE(watched.fd, data)
    this.#event.writeUInt32LE(watched.serial, data + 4)
    const failed = this.#f.epoll_ctl(this.#epoll, operation, watched.fd, this.#event) !== 0
    // Nobody would ever hear of this socket again. There is no room for it in the kernel, or a descriptor was mixed up.
    if (failed && operation !== Epoll.DEL) throw new Error(`epoll_ctl failed for descriptor ${watched.fd}`)
  }

  /** One immediate at a time. */
  #arm(): void {
    if (this.#immediate !== undefined) return
    this.#immediate = setImmediate(this.#drain)
    // It does not keep the loop from sleeping; whatever wakes that up runs this afterwards.
    if (this.#again.length === 0) this.#immediate.unref()
  }

  readonly #drain = (): void => {
    this.#immediate = undefined
    const { data, size } = this.#layout.epollEvent
    const events = this.#events
    try {
      if (this.#again.length > 0) {
        const again = this.#again
        this.#again = []
        for (const run of again) run()
      }
      for (let round = 0; round < rounds; round++) {
        const before = this.#serial
        const count = this.#f.epoll_wait(this.#epoll, this.#eventsAt, batch, 0)
        for (let i = 0; i < count; i++) {
          const at = i * size
          const watched = this.#watched[events.readInt32LE(at + data)]
          // Its descriptor may have been closed, and given out again, since the kernel wrote this.
          if (watched !== undefined && watched.serial === events.readUInt32LE(at + data + 4)) {
            watched.onReady(events.readUInt32LE(at))
          }
        }
        // More is likely to have come meanwhile: after much work, and where a connection was just begun.
        if (count < several && this.#serial === before) break
      }
    } finally {
      if (this.#count > 0 || this.#again.length > 0) this.#arm()
    }
  }
}
