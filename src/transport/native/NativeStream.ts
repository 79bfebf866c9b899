/** An open connection of the native transport: the socket, what runs on it, and how it is given up. */
import { Effect } from "effect"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import { operation } from "../EndpointNames.ts"
import * as Timer from "../Timer.ts"
import { explain } from "../TlsErrors.ts"
import type { EndpointName, Stream, TlsFacts } from "../Transport.ts"
import type { Channel } from "./Channel.ts"
import type { Descriptor } from "./Descriptor.ts"
import { Epoll } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { Memory } from "./NativeThread.ts"

/** How long a peer that takes nothing may hold up our closing messages. */
const closingGrace = 250

const nothing = (): boolean => true

/** The two ends of a connection. */
export interface Ends {
  readonly remote: EndpointName
  readonly local: EndpointName
}

/** The stream that `accept` and `dial` give out and `pump` takes. */
export class NativeStream implements Stream {
  readonly descriptor: Descriptor
  readonly channel: Channel
  readonly tls: TlsFacts | undefined
  readonly #native: Native
  readonly #ends: Ends
  #state: "open" | "closing" | "closed" = "open"
  #onClosed: Array<() => void> = []
  #cancelGrace: (() => void) | undefined

  constructor(native: Native, descriptor: Descriptor, channel: Channel, ends: Ends, tls?: TlsFacts) {
    this.#native = native
    this.descriptor = descriptor
    this.channel = channel
    this.#ends = ends
    this.tls = tls
  }

  get remote(): EndpointName {
    return this.#ends.remote
  }

  get local(): EndpointName {
    return this.#ends.local
  }

  /** `read tcp A->B`, `write tcp A->B`. */
  operation(verb: "read" | "write"): string {
    return operation(verb, this.local, this.remote)
  }

  readonly prefix = (bytes: Uint8Array): Effect.Effect<void, ConnectionFailure> =>
    Effect.callback((resume) => {
      const fail = (error: unknown) => {
        const why = explain(error, this.operation("write"))
        this.destroy()
        resume(Effect.fail(ConnectionFailure.PrefixFailed({ source: "backend", ...why })))
      }
      if (this.#state !== "open") return fail(new Error("connection closed"))
      const memory = new Memory(this.#native.thread.bound, bytes.length)
      memory.bytes.set(bytes)
      let sent = 0
      const write = () => {
        sent += Math.max(0, this.channel.write(memory.at + BigInt(sent), bytes.length - sent))
        const flushed = this.channel.flush()
        if (this.channel.failed) return fail(this.channel.error)
        if (sent < bytes.length || !flushed) return this.descriptor.wait(Epoll.OUT)
        this.descriptor.wait(0)
        resume(Effect.void)
      }
      this.descriptor.onReady = write
      write()
      return Effect.sync(() => this.destroy())
    })

  readonly close = (): void => this.finish()

  /**
   * Closes it: what `rest` still has to write goes out first (it says when that is done), then close_notify; after a grace
   * in any case. `closed` is called once it is.
   */
  finish(rest: () => boolean = nothing, closed?: () => void): void {
    if (closed !== undefined) {
      if (this.#state === "closed") return closed()
      this.#onClosed.push(closed)
    }
    if (this.#state !== "open") return
    this.#state = "closing"
    const step = () => {
      if (this.#state !== "closing") return
      if (!this.channel.failed && !(rest() && this.channel.endWrites())) {
        this.#cancelGrace ??= Timer.after(closingGrace, () => this.destroy())
        return this.descriptor.wait(Epoll.OUT)
      }
      this.destroy()
    }
    this.descriptor.onReady = step
    this.descriptor.wait(0)
    step()
  }

  /** Closes it at once; nothing more is sent. Idempotent. */
  destroy(): void {
    this.#destroy(() => this.descriptor.close())
  }

  readonly reset = (): void => this.#destroy(() => this.descriptor.reset())

  #destroy(close: () => void): void {
    if (this.#state === "closed") return
    this.#state = "closed"
    this.#cancelGrace?.()
    this.channel.free()
    close()
    for (const closed of this.#onClosed.splice(0)) closed()
  }
}
