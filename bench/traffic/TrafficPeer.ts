/** One end of a planned connection: sends, reads and closes as planned, and reports the outcome. */
import type { Socket } from "node:net"
import { firstWrong, largestPiece, piece } from "./Pattern.ts"
import type { Fault, Side } from "./Plan.ts"

/** The outcome at one end. */
export interface Outcome {
  readonly sent: number
  readonly received: number
  /** Offset of the first received byte that was never sent. */
  readonly wrongAt: number | undefined
  /** It saw EOF. */
  readonly ended: boolean
  readonly error: string | undefined
  /** It timed out. */
  readonly stuck: boolean
}

/** What to do on a socket. */
export interface Part {
  /** What to send, and what to expect. */
  readonly sequences: readonly [number, number]
  readonly own: Side
  readonly expected: number
  /** Whether it half-closes without waiting for the other's EOF. */
  readonly endsFirst: boolean
  readonly fault: Fault | undefined
  /** Timeout in milliseconds; afterwards the connection is reset and counts as stuck. */
  readonly patience: number
  /** The socket to reset; for TLS, the underlying one. */
  readonly raw: Socket
}

/** Writes this small wait for each other; otherwise they would leave as one. */
const alone = 512

/** The peer's outcome; settles once the socket is closed. */
export class TrafficPeer {
  sent = 0
  received = 0
  readonly outcome: Promise<Outcome>
  readonly #socket: Socket
  readonly #part: Part
  #wrongAt: number | undefined
  #ended = false
  #error: string | undefined
  #stuck = false
  #write = 0
  #pause = 0
  #stall = 0
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(socket: Socket, part: Part) {
    this.#socket = socket
    this.#part = part
    socket.on("error", (error) => {
      this.#error ??= error.message
      // After an alert, Node may leave the socket below a TLS socket open.
      part.raw.destroy()
    })
    socket.on("data", (bytes: Buffer) => this.#take(bytes))
    socket.on("end", () => {
      this.#ended = true
      if (this.sent === part.own.total && !part.endsFirst) this.#end()
    })
    this.outcome = new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#stuck = true
        this.abort()
      }, part.patience)
      socket.once("close", () => {
        clearTimeout(late)
        for (const timer of this.#timers) clearTimeout(timer)
        resolve({
          sent: this.sent,
          received: this.received,
          wrongAt: this.#wrongAt,
          ended: this.#ended,
          error: this.#error,
          stuck: this.#stuck
        })
      })
    })
  }

  /** Starts sending and reading. */
  start(): void {
    this.#listen()
    this.#speak()
  }

  /** Resets the connection, whatever is planned. */
  abort(): void {
    this.#part.raw.resetAndDestroy()
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    this.#wrongAt ??= firstWrong(this.#part.sequences[1], this.received, bytes)
    this.received += bytes.length
    if (this.received > this.#part.expected) this.#wrongAt ??= this.#part.expected
    this.#listen()
  }

  /** Pauses reading where planned. */
  #listen(): void {
    const stall = this.#part.own.stalls[this.#stall]
    if (stall === undefined || this.received < stall.at) return
    this.#stall += 1
    this.#socket.pause()
    if (stall.millis === Number.POSITIVE_INFINITY) return
    this.#later(stall.millis, () => {
      this.#socket.resume()
      this.#listen()
    })
  }

  readonly #speak = (): void => {
    const { fault, own } = this.#part
    while (!this.#socket.destroyed) {
      if (fault !== undefined && this.sent >= fault.at) return this.#breakRules(fault)
      if (this.sent === own.total) {
        if (this.#part.endsFirst || this.#ended) this.#end()
        return
      }
      const pause = own.pauses[this.#pause]
      if (pause !== undefined && this.sent >= pause.at) {
        this.#pause += 1
        return this.#later(pause.millis, this.#speak)
      }
      const size = this.#nextSize(Math.min(own.total, pause?.at ?? own.total, fault?.at ?? own.total))
      const bytes = piece(this.#part.sequences[0], this.sent, size)
      this.sent += size
      if (size < alone) return void this.#socket.write(bytes, (error) => error == null && this.#speak())
      if (!this.#socket.write(bytes)) return void this.#socket.once("drain", this.#speak)
    }
  }

  #nextSize(limit: number): number {
    const { sizes } = this.#part.own
    const size = sizes[this.#write++ % sizes.length] ?? 1
    return Math.min(size, largestPiece, limit - this.sent)
  }

  #end(): void {
    // Not from within a data event: Node's TLS would lose decrypted data that is not delivered yet.
    setImmediate(() => this.#socket.end())
  }

  #breakRules(fault: Fault): void {
    if (fault.how === "reset") this.#part.raw.resetAndDestroy()
    this.#socket.destroy()
  }

  #later(millis: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, millis)
    this.#timers.add(timer)
  }
}
