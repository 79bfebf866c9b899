/** One end of a planned connection: sends, reads and ends as planned, and says what it saw. */
import type { Socket } from "node:net"
import { firstWrong, largestPiece, piece } from "./Pattern.ts"
import type { Fault, Side } from "./Plan.ts"

/** What an end saw of its connection. */
export interface Outcome {
  readonly sent: number
  readonly received: number
  /** Where the first byte arrived that was never sent. */
  readonly wrongAt: number | undefined
  /** It saw the other's end. */
  readonly ended: boolean
  readonly error: string | undefined
  /** It was not over in time. */
  readonly stuck: boolean
}

/** What to do on a socket. */
export interface Part {
  /** What it sends, and what it expects. */
  readonly sequences: readonly [number, number]
  readonly own: Side
  readonly expected: number
  /** Whether it ends without waiting for the other's end. */
  readonly endsFirst: boolean
  readonly fault: Fault | undefined
  /** Milliseconds that it may take; afterwards it is cut off, and stuck. */
  readonly patience: number
  /** The socket to reset: below TLS it is another one. */
  readonly raw: Socket
}

/** Writes this small wait for one another: together they would leave as one. */
const alone = 512

/** Speaks. Settles once the socket is closed. */
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
      // After an alert a TLS socket of Node may leave open what it is made of.
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

  /** Begins to speak. */
  start(): void {
    this.#listen()
    this.#speak()
  }

  /** Resets, whatever was planned. */
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

  /** Stops reading where that is planned. */
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
    // Not from within the delivery of data: Node's TLS would lose what it has decrypted but not delivered yet.
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
