/**
 * Readiness of sockets: an epoll of the thread's own. On the main thread it hangs in Node's loop; a worker thread sleeps in
 * it, with Node's loop hung into it (`Sleep.ts`). No C code ever calls JavaScript for it, so a thread can be ended at any
 * moment: on the main thread libuv only wakes up for the epoll descriptor (its callback is a harmless function of libuv
 * itself), and Node then runs an immediate that was waiting, which drains the epoll.
 */
import { Buffer } from "node:buffer"
import { Epoll, type Layout, Uv } from "./Layout.ts"
import { nodesLoop, Sleep } from "./Sleep.ts"
import type { Bound, Symbols } from "./Symbols.ts"

/** Events taken at a time, and how often in a row before the loop gets its turn. */
const batch = 256
const rounds = 4
const several = 4

/** Milliseconds: the longest that Node's timers know. */
const longest = 2 ** 31 - 1

const nothing = (): void => {}

/** What is watched. `mask` and `serial` are the poller's to write. */
export interface Watched {
  readonly fd: number
  /** The events waited for; 0 while it is not watched. */
  mask: number
  /** Which watching this is: events of an earlier one are none of its own. */
  serial: number
  /** `true` promises that nothing else of the thread's waits for its turn because of this: bytes were moved, no more. */
  readonly onReady: (mask: number) => unknown
}

/** The epoll of one thread. It lives as long as the thread. */
export class Poller {
  readonly #f: Symbols
  readonly #epoll: number
  /** The handle in Node's loop, on the main thread. */
  readonly #handle: bigint
  readonly #sleep: Sleep | undefined
  readonly #event: Buffer
  readonly #events: Uint32Array
  readonly #eventsAt: bigint
  /** Words of an event, and the first of its data. */
  readonly #stride: number
  readonly #data: number
  readonly #watched: Array<Watched | undefined> = []
  #again: Array<() => boolean> = []
  #count = 0
  #serial = 0
  /** The immediate runs right now: whatever comes up meanwhile it sees itself. */
  #draining = false
  #immediate: NodeJS.Immediate | undefined
  #hold: NodeJS.Timeout | undefined

  constructor(bound: Bound, layout: Layout, inWorker: boolean) {
    const { f, ffi } = bound
    this.#f = f
    const { data, size } = layout.epollEvent
    this.#event = Buffer.from(new ArrayBuffer(size))
    this.#events = new Uint32Array(new ArrayBuffer(size * batch))
    this.#eventsAt = ffi.getRawPointer(this.#events)
    this.#stride = size / 4
    this.#data = data / 4
    this.#epoll = f.epoll_create1(Epoll.CLOEXEC)
    if (this.#epoll < 0) throw new Error("epoll_create1 failed")
    this.#sleep = inWorker ? new Sleep(bound, this.#epoll) : undefined
    this.#handle = inWorker ? 0n : this.#hangIn(bound)
    if (inWorker) this.#register(Epoll.ADD, f.uv_backend_fd(ffi.getCurrentEventLoop()), Epoll.IN, nodesLoop)
  }

  /** Milliseconds this thread has slept here, where Node's loop does not see it. */
  get slept(): number {
    return this.#sleep?.millis ?? 0
  }

  #hangIn({ addressOf, f, ffi }: Bound): bigint {
    // Never freed: libuv looks at it after everything of JavaScript's is gone.
    const handle = f.calloc(1n, f.uv_handle_size(Uv.POLL))
    if (handle === 0n || f.uv_poll_init(ffi.getCurrentEventLoop(), handle, this.#epoll) !== 0) {
      throw new Error("uv_poll_init failed")
    }
    if (f.uv_poll_start(handle, Uv.READABLE, addressOf("uv_is_active")) !== 0) {
      throw new Error("uv_poll_start failed")
    }
    f.uv_unref(handle)
    return handle
  }

  /** Waits for these events from now on; for none, not even for a hang-up, with 0. */
  wait(watched: Watched, mask: number): void {
    if (mask === watched.mask) return
    if (watched.mask === 0) {
      watched.serial = this.#serial = (this.#serial + 1) % 0x7fff_ffff
      this.#watched[watched.fd] = watched
      this.#control(Epoll.ADD, watched, mask)
      if (this.#count++ === 0) this.#holdLoop()
      this.#arm()
    } else if (mask === 0) {
      this.#watched[watched.fd] = undefined
      this.#control(Epoll.DEL, watched, 0)
      if (--this.#count === 0) this.#releaseLoop()
    } else this.#control(Epoll.MOD, watched, mask)
    watched.mask = mask
  }

  /** As long as something is watched the thread lives; a loop that nothing holds would not let a worker thread sleep. */
  #holdLoop(): void {
    if (this.#sleep === undefined) this.#f.uv_ref(this.#handle)
    else this.#hold = setInterval(nothing, longest)
  }

  #releaseLoop(): void {
    if (this.#sleep === undefined) this.#f.uv_unref(this.#handle)
    clearInterval(this.#hold)
  }

  /**
   * Runs this after everything else that is ready has had its turn, and without sleep before: for what is ready but raises
   * no event. What it gives back is what `onReady` does.
   */
  soon(run: () => boolean): void {
    this.#again.push(run)
    this.#arm()
    this.#immediate?.ref()
  }

  #control(operation: number, watched: Watched, mask: number): void {
    this.#register(operation, watched.fd, mask, watched.fd, watched.serial)
  }

  #register(operation: number, fd: number, mask: number, name: number, serial = 0): void {
    this.#event.writeUInt32LE(mask, 0)
    this.#event.writeInt32LE(name, 4 * this.#data)
    this.#event.writeUInt32LE(serial, 4 * this.#data + 4)
    const failed = this.#f.epoll_ctl(this.#epoll, operation, fd, this.#event) !== 0
    // No event of this socket would ever be reported again. There is no room for it in the kernel, or a descriptor was mixed up.
    if (failed && operation !== Epoll.DEL) throw new Error(`epoll_ctl failed for descriptor ${fd}`)
  }

  /** One immediate at a time. */
  #arm(): void {
    if (this.#draining || this.#immediate !== undefined) return
    this.#immediate = setImmediate(this.#drain)
    // On the main thread it does not keep the loop from sleeping; whatever wakes that up runs this afterwards.
    if (this.#sleep === undefined && this.#again.length === 0) this.#immediate.unref()
  }

  readonly #drain = (): void => {
    this.#immediate = undefined
    this.#draining = true
    try {
      const onlyBytes = this.#runAgain()
      if (this.#sleep === undefined) this.#look()
      // What has run may have left promises behind, whose turn comes before any sleep.
      else this.#sleep.serve(!onlyBytes, this.#await)
    } finally {
      this.#draining = false
      if (this.#count > 0 || this.#again.length > 0) this.#arm()
    }
  }

  /** Whether only bytes were moved, if anything. */
  #runAgain(): boolean {
    const again = this.#again
    if (again.length === 0) return true
    this.#again = []
    let onlyBytes = true
    for (const run of again) onlyBytes = run() && onlyBytes
    return onlyBytes
  }

  #look(): void {
    for (let round = 0; round < rounds; round++) {
      const before = this.#serial
      const count = this.#f.epoll_wait(this.#epoll, this.#eventsAt, batch, 0)
      this.#dispatch(count)
      // More is likely to have come meanwhile: after much work, and where a connection was just begun.
      if (count < several && this.#serial === before) break
    }
  }

  /** Waits so long at most. Whether only bytes were moved, so that it may go on at once. */
  readonly #await = (timeout: number): boolean => {
    const hurried = this.#again.length > 0
    const count = this.#sleep?.wait(this.#eventsAt, batch, hurried ? 0 : timeout) ?? 0
    const onlyBytes = this.#dispatch(count)
    return hurried ? (onlyBytes || count === 0) && this.#runAgain() : onlyBytes
  }

  #dispatch(count: number): boolean {
    const events = this.#events
    let onlyBytes = count > 0
    for (let i = 0, at = 0; i < count; i++, at += this.#stride) {
      const name = (events[at + this.#data] ?? 0) | 0
      const watched = name === nodesLoop ? undefined : this.#watched[name]
      // Its descriptor may have been closed, and given out again, since the kernel wrote this.
      const known = watched !== undefined && watched.serial === events[at + this.#data + 1]
      const moved = known && watched.onReady(events[at] ?? 0) === true
      if (!moved) onlyBytes = false
    }
    return onlyBytes
  }
}
