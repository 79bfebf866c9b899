/**
 * What a thread needs to speak to C: the functions, the poller, one scratch buffer, the errno. Made once per thread and kept as
 * long as it lives: C holds addresses of what is in here.
 */
import { Buffer } from "node:buffer"
import { isMainThread } from "node:worker_threads"
import { loadFfi } from "../../runtime/native/Ffi.ts"
import { Errno, layoutOf } from "./Layout.ts"
import { Poller } from "./Poller.ts"
import { type Bound, bindSymbols, type Symbols } from "./Symbols.ts"

/** Bytes of a TLS record's content at most (RFC 8446, section 5.1). */
export const recordSize = 16_384

/** Memory that C reads and writes: off the heap, never resized, reachable as long as this object is. */
export class Memory {
  readonly bytes: Buffer
  readonly at: bigint

  constructor(bound: Pick<Bound, "ffi">, size: number) {
    this.bytes = Buffer.from(new ArrayBuffer(size))
    this.at = bound.ffi.getRawPointer(this.bytes)
  }
}

/** Bytes of the scratch buffer and of every held buffer. */
export const scratchSize = 4 * recordSize

/** What `mmap` and its kin fail with, and reading, writing, accepting and connecting sockets do not. */
const foreign: ReadonlySet<number> = new Set([0, Errno.EEXIST])

/** How many held buffers are kept for later use. */
const spareBuffers = 64

/** Throws where the platform, Node or its OpenSSL lack something. */
export class NativeThread {
  readonly bound: Bound
  readonly f: Symbols
  readonly poller: Poller
  /** Every read of the thread goes through it; what is in it is good until the next one. */
  readonly scratch: Memory
  /** Addresses of the scratch buffer's four records. */
  readonly slots: readonly [bigint, bigint, bigint, bigint]
  readonly #errno: Int32Array
  /** On worker threads only our own calls, and what runs inside them, use OpenSSL. */
  readonly #alone = !isMainThread
  #errorsPossible = true
  readonly #spare: Array<Memory> = []
  readonly #texts = new Map<bigint, string>()
  readonly #hooks: { readonly isolate: bigint; readonly close: bigint } | undefined

  constructor() {
    const ffi = loadFfi()
    const layout = process.platform === "linux" ? layoutOf(process.arch) : undefined
    if (ffi === undefined || layout === undefined) throw new Error("this platform has no native transport")
    this.bound = bindSymbols(ffi)
    this.f = this.bound.f
    // The address of a thread's errno never changes.
    this.#errno = new Int32Array(ffi.toArrayBuffer(this.f.__errno_location(), 4, false))
    this.poller = new Poller(this.bound, layout, !isMainThread)
    this.scratch = new Memory(this.bound, scratchSize)
    const { at } = this.scratch
    const size = BigInt(recordSize)
    this.slots = [at, at + size, at + 2n * size, at + 3n * size]
    this.#hooks = isMainThread
      ? undefined
      : { isolate: this.f._ZN2v87Isolate10GetCurrentEv(), close: this.bound.addressOf("close") }
  }

  /**
   * The error of the socket call just made; only to be asked after a result that says there was one. V8 may have made calls
   * of its own since, whose errors are no socket's: then it is `EAGAIN`, and the next try tells.
   */
  errno(): number {
    const errno = this.#errno[0] ?? 0
    return foreign.has(errno) ? Errno.EAGAIN : errno
  }

  /** Whether the call just made only has to be made again later. */
  mustWait(): boolean {
    const errno = this.errno()
    return errno === Errno.EAGAIN || errno === Errno.EINTR
  }

  /** Empties OpenSSL's error queue, unless nothing can have got into it since the last time. */
  cleanErrors(): void {
    if (!this.#errorsPossible) return
    this.#errorsPossible = !this.#alone
    this.f.ERR_clear_error()
  }

  /** Something on this thread has used OpenSSL otherwise, or a call of ours has failed. */
  errorsPossible(): void {
    this.#errorsPossible = true
  }

  /** A buffer for what a peer did not take. */
  hold(): Memory {
    return this.#spare.pop() ?? new Memory(this.bound, scratchSize)
  }

  /** Gives one back. */
  release(memory: Memory): void {
    if (this.#spare.length < spareBuffers) this.#spare.push(memory)
  }

  /** The text behind a pointer to one of OpenSSL's constants; empty for none. */
  constant(pointer: bigint): string {
    if (pointer === 0n) return ""
    let text = this.#texts.get(pointer)
    if (text === undefined) {
      text = this.bound.ffi.toString(pointer) ?? ""
      this.#texts.set(pointer, text)
    }
    return text
  }

  /** The text behind a pointer that OpenSSL may change or free later. */
  text(pointer: bigint): string {
    return pointer === 0n ? "" : (this.bound.ffi.toString(pointer) ?? "")
  }

  /** From now on the descriptor is closed when this thread ends without having closed it. */
  adopt(fd: number): void {
    if (this.#hooks === undefined) return
    const { close, isolate } = this.#hooks
    this.f._ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_(isolate, close, BigInt(fd))
  }

  /** Closes an adopted descriptor. */
  close(fd: number): void {
    if (this.#hooks !== undefined) {
      const { close, isolate } = this.#hooks
      this.f._ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_(isolate, close, BigInt(fd))
    }
    this.f.close(fd)
  }
}
