/** One way of a pumped connection: reads from one socket, writes to the other, and knows how it ended. */
import { Buffer } from "node:buffer"
import type { Socket } from "node:net"
import { ConnectionFailure, type FailureSource } from "../ConnectionFailure.ts"
import { isNormalEnd } from "../SystemErrors.ts"
import { explain } from "../TlsErrors.ts"
import { corkForTurn } from "./Corking.ts"
import { queuedBytes } from "./Internals.ts"
import type { NodeStream } from "./NodeStream.ts"

/** How a direction ended. */
export type DirectionEnd = "eof" | "reset" | "error" | "timeout"

/** The two ends of a direction, what they are called in failures, and who wants to know. */
export interface DirectionOptions {
  readonly from: NodeStream
  readonly to: NodeStream
  /** Who is behind `from`. */
  readonly source: FailureSource
  /** Who is behind `to`. */
  readonly sink: FailureSource
  /** Bytes whose write has completed just now. */
  readonly carried: (bytes: number) => void
  readonly onEnded: (direction: Direction) => void
}

/** From here on a chunk counts as part of a stream rather than as a message. */
const bulk = 16 * 1024

/** How often a half-closed TLS sink is looked at, in milliseconds. */
const stallMillis = 200

type Written = (error?: Error | null) => void

/**
 * Lets this direction see each write of a socket complete. A failed one ends the direction but not the socket: what the
 * peer sent before it went away can still be read.
 */
const watchWrites = (socket: Socket, written: (bytes: number) => void, failed: (error: Error) => void): void => {
  const write = socket._write
  const writev = socket._writev
  let broken = false
  const settle =
    (bytes: number, done: Written): Written =>
    (error) => {
      if (error === undefined || error === null) written(bytes)
      else if (!broken) {
        broken = true
        failed(error)
      }
      done()
    }
  socket._write = (chunk: Buffer, encoding, done) => {
    if (broken) done()
    else write.call(socket, chunk, encoding, settle(chunk.length, done))
  }
  if (writev === undefined) return
  socket._writev = (chunks, done) => {
    if (broken) return done()
    let bytes = 0
    for (const { chunk } of chunks) bytes += Buffer.isBuffer(chunk) ? chunk.length : 0
    writev.call(socket, chunks, settle(bytes, done))
  }
}

/** One direction, from `start` until `onEnded` is called. */
export class Direction {
  /** Bytes whose write has completed. */
  bytes = 0
  end: DirectionEnd | undefined
  failure: ConnectionFailure | undefined
  readonly #ends: DirectionOptions
  readonly #from: Socket
  readonly #to: Socket
  /** How it ends once what was read is written; undefined while the source still delivers. */
  #finishing: DirectionEnd | undefined
  /** From TLS come records of 16 KiB at most; to TLS, writing several at a time would only copy them once more. */
  readonly #corking: boolean
  readonly #encrypting: boolean
  #awaitingWrite = false
  #watching = false
  #stalled = false
  #stallCheck: NodeJS.Timeout | undefined
  #lastActivity = 0
  #lastQueued = 0

  constructor(ends: DirectionOptions) {
    this.#ends = ends
    this.#from = ends.from.socket
    this.#to = ends.to.socket
    this.#encrypting = ends.to.tls !== undefined
    this.#corking = ends.from.tls !== undefined && ends.to.tls === undefined
  }

  /** Attaches to both sockets; nothing flows before `flow`. */
  attach(): void {
    watchWrites(this.#to, this.#onWritten, this.#onWriteFailed)
    this.#from.on("end", this.#onEnd).on("error", this.#onError).on("close", this.#onSourceClose)
    this.#from.on("_tlsError", this.#onError)
    this.#to.on("drain", this.#onDrain).on("finish", this.#onFlushed).on("close", this.#onSinkClose)
  }

  /** Begins to read, or takes note of what happened to the source before. */
  flow(): void {
    const from = this.#from
    if (this.#ends.from.tlsError !== undefined) return this.#onError(this.#ends.from.tlsError)
    if (from.destroyed) return this.#onSourceClose()
    if (from.readableEnded) return this.#onEnd()
    const { reader } = this.#ends.from
    if (reader === undefined) from.on("data", this.#onData)
    else reader.start(this.#onView)
    from.resume()
  }

  detach(): void {
    clearInterval(this.#stallCheck)
    const from = this.#from
    from.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onError)
    from.off("close", this.#onSourceClose).off("_tlsError", this.#onError)
    this.#to.off("drain", this.#onDrain).off("finish", this.#onFlushed).off("close", this.#onSinkClose)
  }

  /** From now on activity is timed. */
  watch(): void {
    this.#watching = true
    this.#lastActivity = performance.now()
    this.#lastQueued = queuedBytes(this.#to)
    // Nothing reads from the sink any more. When its peer resets it, Node may forget the write that was under way.
    if (this.#encrypting) this.#stallCheck = setInterval(this.#onStallCheck, stallMillis)
  }

  /** Milliseconds without a byte read, written, or taken by the kernel. */
  idleMillis(): number {
    const now = performance.now()
    const queued = queuedBytes(this.#to)
    if (queued !== this.#lastQueued) {
      this.#lastQueued = queued
      this.#lastActivity = now
    }
    return now - this.#lastActivity
  }

  /** Ends it now, as a timeout. */
  cut(): void {
    if (this.end !== undefined) return
    const { from, source, sink, to } = this.#ends
    const writing = this.#to.writableLength > 0
    const operation = writing ? to.operation("write") : from.operation("read")
    this.failure = ConnectionFailure.CopyFailed({
      source: writing ? sink : source,
      reason: "timeout",
      message: `${operation}: i/o timeout`
    })
    this.#finish("timeout")
  }

  /** Ends it without a word: its TLS session is dead. */
  abandon(): void {
    this.#finish("reset")
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#watching) this.#lastActivity = performance.now()
    if (this.#to.destroyed) return this.#finish("reset")
    if (this.#corking) corkForTurn(this.#to, chunk.length)
    if (!this.#to.write(chunk)) this.#from.pause()
  }

  /** The bytes are good for this call only. TLS encrypts what it is given at once, unless something waits before it. */
  readonly #onView = (view: Buffer): void => {
    if (this.end !== undefined) return
    const now = this.#encrypting && this.#to.writableLength === 0
    this.#onData(now ? view : Buffer.from(view))
    // Much at a time: waiting for the write is cheaper than a copy of what would queue up behind it.
    if (now && view.length >= bulk && this.end === undefined && !this.#awaitingWrite) {
      this.#awaitingWrite = true
      this.#from.pause()
    }
  }

  /** A write that has left the kernel's queue without an answer, twice in a row, met a reset. */
  readonly #onStallCheck = (): void => {
    const stalled = this.#to.writableLength > 0 && queuedBytes(this.#to) === 0
    if (stalled && this.#stalled) this.#finish("reset")
    else this.#stalled = stalled
  }

  readonly #onDrain = (): void => {
    if (this.end === undefined) this.#from.resume()
  }

  readonly #onWritten = (bytes: number): void => {
    this.bytes += bytes
    this.#ends.carried(bytes)
    this.#stalled = false
    if (this.#watching) this.#lastActivity = performance.now()
    if (!this.#awaitingWrite) return
    this.#awaitingWrite = false
    if (this.end === undefined && !this.#to.writableNeedDrain) this.#from.resume()
  }

  readonly #onWriteFailed = (error: Error): void => {
    if (this.end !== undefined) return
    if (!isNormalEnd(error)) this.#fail(error, this.#ends.sink, this.#ends.to.operation("write"))
    this.#finish(this.failure === undefined ? "reset" : "error")
  }

  readonly #onEnd = (): void => this.#sourceEnded("eof")

  readonly #onError = (error: Error): void => {
    if (this.end !== undefined || this.#finishing !== undefined) return
    if (isNormalEnd(error)) return this.#sourceEnded("reset")
    this.#fail(error, this.#ends.source, this.#ends.from.operation("read"))
    this.#sourceEnded("error")
    // A TLS session that failed carries nothing any more; Node leaves the socket open.
    this.#from.destroy()
  }

  readonly #onSourceClose = (): void => {
    const error = this.#from.errored
    if (error !== null) this.#onError(error)
    else this.#sourceEnded(this.#from.readableEnded ? "eof" : "reset")
  }

  readonly #onSinkClose = (): void => {
    if (this.end !== undefined) return
    if (this.#finishing !== undefined) this.#finish(this.#finishing)
    // What was to be written is lost, or nothing can be any more; an idle direction goes on until it notices.
    else if (this.#ends.to.tlsError !== undefined || this.#from.isPaused()) this.#finish("reset")
  }

  readonly #onFlushed = (): void => {
    if (this.#finishing !== undefined) this.#finish(this.#finishing)
  }

  #fail(error: Error, source: FailureSource, operation: string): void {
    this.failure = ConnectionFailure.CopyFailed({ source, ...explain(error, operation) })
  }

  #sourceEnded(how: DirectionEnd): void {
    if (this.end !== undefined || this.#finishing !== undefined) return
    this.#finishing = how
    this.#rescue()
    if (this.#to.destroyed || this.#to.writableFinished) return this.#finish(how)
    this.#to.end()
  }

  /** A socket that was destroyed while it waited for the sink may hold bytes its peer had sent before. */
  #rescue(): void {
    this.#from.off("data", this.#onData)
    if (this.#to.destroyed || this.#to.writableEnded) return
    for (;;) {
      const rest: unknown = this.#from.read()
      if (!Buffer.isBuffer(rest)) return
      this.#to.write(rest)
    }
  }

  #finish(how: DirectionEnd): void {
    if (this.end !== undefined) return
    this.end = how
    this.detach()
    if (!this.#from.destroyed && !this.#from.readableEnded) this.#from.pause()
    if (how !== "timeout" && !this.#to.destroyed && !this.#to.writableEnded) this.#to.end()
    this.#ends.onEnded(this)
  }
}
