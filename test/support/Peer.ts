/** One end of a connection, held by a test: everything that arrived, and how it ended. */
import { createHash } from "node:crypto"
import { connect, type Socket } from "node:net"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"

/** How much of what arrived is kept word for word; beyond that only its length and hash. */
const kept = 1 << 20

export class Peer {
  readonly socket: Socket
  /** Bytes that arrived so far. */
  received = 0
  /** The other side said it sends no more. */
  ended = false
  closed = false
  error: Error | undefined
  readonly changes = new Changes()
  readonly #hash = createHash("sha256")
  readonly #chunks: Array<Buffer> = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => {
      if (this.received < kept) this.#chunks.push(chunk)
      this.received += chunk.length
      this.#hash.update(chunk)
      this.changes.notify()
    })
    socket.on("end", () => {
      this.ended = true
      this.changes.notify()
    })
    socket.on("error", (error) => {
      this.error ??= error
      this.changes.notify()
    })
    socket.on("close", () => {
      this.closed = true
      this.changes.notify()
    })
  }

  /** The other side has reset the connection. */
  get wasReset(): boolean {
    return this.error !== undefined && "code" in this.error && this.error.code === "ECONNRESET"
  }

  /** What arrived, as text. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8")
  }

  /** SHA-256 of everything that arrived. */
  get digest(): string {
    return this.#hash.copy().digest("hex")
  }

  /** Completes when the kernel has taken the bytes. */
  write(data: string | Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.socket.write(data, (error) => (error ? reject(error) : resolve()))
    return promise
  }

  /** Half-close: FIN, on TLS close_notify and FIN. What arrives later is still recorded. */
  end(): void {
    this.socket.end()
  }

  /** Closes both directions. */
  destroy(): void {
    this.socket.destroy()
  }

  /** Closes with RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Waits until the text has arrived, as a whole and nothing else; fails at once when the connection closes without it. */
  receive(text: string): Promise<void> {
    return this.#arrival(() => this.text === text, `"${text}"`)
  }

  /** Waits for this many bytes; fails at once when the connection closes without them. */
  receiveBytes(count: number): Promise<void> {
    return this.#arrival(() => this.received >= count, `${count} bytes`)
  }

  async #arrival(arrived: () => boolean, what: string): Promise<void> {
    await this.changes.until(
      () => (arrived() || this.closed ? true : undefined),
      () => `${what}, have ${this}`
    )
    if (!arrived()) throw new Error(`closed without ${what}, have ${this}`)
  }

  /** Waits until the other side has ended its direction, in whatever way. */
  eof(): Promise<true> {
    return this.changes.until(
      () => (this.ended || this.closed ? true : undefined),
      () => `the end, have ${this.toString()}`
    )
  }

  /** Waits for a reset; fails at once when the connection ends in another way. */
  async resetByPeer(): Promise<void> {
    await this.eof()
    if (!this.wasReset) throw new Error(`ended without a reset, have ${this}`)
  }

  /** Waits until both directions are closed. */
  close(): Promise<true> {
    return this.changes.until(
      () => (this.closed ? true : undefined),
      () => `the close, have ${this.toString()}`
    )
  }

  /** Sends the text and waits for it to come back. */
  async echo(text: string): Promise<void> {
    const before = this.text
    await this.write(text)
    await this.receive(before + text)
  }

  toString(): string {
    const state = this.closed ? "closed" : this.ended ? "ended" : "open"
    return `${this.received} bytes "${this.text.slice(0, 80)}", ${state}, ${this.error?.message ?? "no error"}`
  }
}

/**
 * A plaintext connection that stays half-open until told otherwise. One that was reset before libuv looked counts as
 * connected: the kernel had connected it.
 */
export const connectPlain = async (stage: Stage, to: Endpoint): Promise<Peer> => {
  const socket = connect({ ...socketAddress(to), allowHalfOpen: true })
  stage.defer(() => socket.destroy())
  const peer = new Peer(socket)
  let connected = false
  socket.once("connect", () => {
    connected = true
    peer.changes.notify()
  })
  await peer.changes.until(
    () => (connected || peer.closed ? true : undefined),
    () => "a connection"
  )
  if (!connected && !peer.wasReset) throw peer.error ?? new Error("closed before it was connected")
  return peer
}
