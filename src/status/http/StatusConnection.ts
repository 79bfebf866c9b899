/**
 * One connection of the status port, between its socket and Node's HTTP parser. It gives the parser one request at a time: what
 * a client sends ahead of its replies stays here, at most one read of it, and then in the kernel. It ends connections that
 * wait too long with a head, that stay idle, or that do not take their replies.
 */
import type * as Http from "node:http"
import type * as Net from "node:net"
import { Duplex } from "node:stream"
import { type HeadMemory, HeadReader } from "./RequestHead.ts"
import type { RequestTurns, Turn } from "./RequestTurns.ts"

/** How long a connection may wait for what; milliseconds. */
export interface ConnectionLimits {
  /** For the first head, from accept on; for a later one, from its first byte on. */
  readonly head: number
  /** Between two requests. */
  readonly idle: number
  /** For a client that takes nothing of its reply. */
  readonly stall: number
}

/** What connections share. */
export interface ConnectionOptions {
  readonly limits: ConnectionLimits
  readonly turns: RequestTurns
  readonly memory: HeadMemory
}

/** How long a client that has ended its side may wait for the reply it asked for; milliseconds. */
const halfClosedMillis = 1000
/** How long, and for how many more bytes, a client that is still sending may take to read its last reply. */
const lingerMillis = 500
const lingerBytes = 1 << 20

/** From when on a client is slow to take a reply; milliseconds. */
const slowMillis = 1000

const reasons = {
  400: "Bad Request",
  405: "Method Not Allowed",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large"
} as const

/** `waiting`: for a head. `queued`: a head is complete. `busy`: the request is being answered. `ending`: nothing more is. */
type State = "waiting" | "queued" | "busy" | "ending"

export class StatusConnection extends Duplex {
  readonly #socket: Net.Socket
  readonly #options: ConnectionOptions
  readonly #reader: HeadReader
  #state: State = "waiting"
  #response: Http.ServerResponse | undefined
  /** Given up when the request has been answered. */
  #turn: Turn | undefined
  /** The reply that is due, or was sent, is the last one. */
  #last = false
  /** The client has ended its side. */
  #ended = false
  /** A reply waits for the client since then. */
  #writingSince: number | undefined
  /** A request has begun. */
  #asked = false
  #timer: NodeJS.Timeout | undefined
  /** Bytes discarded since the last reply. */
  #lingered = 0
  /** When the latest bytes came, by `performance.now()`. */
  #receivedAt = 0

  constructor(socket: Net.Socket, options: ConnectionOptions) {
    super({ allowHalfOpen: true, autoDestroy: false })
    this.#socket = socket
    this.#options = options
    this.#reader = new HeadReader(options.memory)
    socket.on("data", (chunk: Buffer) => this.#receive(chunk))
    socket.on("end", () => this.#onEnd())
    socket.on("error", () => {})
    socket.on("close", () => this.destroy())
    socket.setTimeout(options.limits.stall)
    socket.on("timeout", () => {
      if (this.#writingSince !== undefined) this.destroy()
    })
    this.#limit(options.limits.head, () => this.#overdue())
  }

  /** How dear it is, for a server that must let one go: 0 has never asked, 1 is idle, 2 is slow to take a reply, 3 works. */
  get rank(): number {
    if (this.#state === "waiting" || this.#state === "ending") return this.#asked ? 1 : 0
    return this.#writingSince !== undefined && performance.now() - this.#writingSince > slowMillis ? 2 : 3
  }

  /** When the request that is being answered had arrived, by `performance.now()`. */
  get receivedAt(): number {
    return this.#receivedAt
  }

  /** Takes note of the reply to the request that Node's parser has read; false when none was due. */
  begin(response: Http.ServerResponse, hasBody: boolean): boolean {
    if (this.#state !== "busy" || this.#response !== undefined) return false
    this.#response = response
    this.#asked = true
    // Bodies are of no use here, and what follows one is not read.
    if (hasBody) this.#last = true
    clearTimeout(this.#timer)
    if (this.#last) response.setHeader("Connection", "close")
    if (this.#ended) this.#limit(halfClosedMillis, () => this.destroy())
    response.once("close", () => this.#answered(response))
    return true
  }

  /** Closes when the request that is here has been answered, at once without one. */
  stop(): void {
    if (this.#state === "waiting") return void this.destroy()
    this.#last = true
    if (this.#response?.headersSent === false) this.#response.setHeader("Connection", "close")
  }

  /** Sends a refusal and closes; closes without one when a reply is under way. */
  refuse(status: keyof typeof reasons): void {
    if (this.#state === "ending") return
    if (this.#response !== undefined || !this.#socket.writable) return void this.destroy()
    this.#state = "ending"
    const line = `${status} ${reasons[status]}`
    const headers = "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    this.#socket.write(`HTTP/1.1 ${line}\r\n${headers}\r\n${line}`)
    this.#linger()
  }

  override _read(): void {
    // The parser is given what `#start` pushes; it cannot ask for more.
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writingSince = performance.now()
    this.#socket.write(chunk, encoding, (error) => this.#written(error, done))
  }

  override _writev(
    chunks: Array<{ readonly chunk: Buffer; readonly encoding: BufferEncoding }>,
    done: (error?: Error | null) => void
  ): void {
    this.#writingSince = performance.now()
    this.#socket.cork()
    chunks.forEach(({ chunk, encoding }, index) => {
      if (index < chunks.length - 1) this.#socket.write(chunk, encoding)
      else this.#socket.write(chunk, encoding, (error) => this.#written(error, done))
    })
    this.#socket.uncork()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#state = "ending"
    this.#linger()
    done()
  }

  override _destroy(_: Error | null, done: (error?: Error | null) => void): void {
    this.#state = "ending"
    clearTimeout(this.#timer)
    this.#reader.clear()
    this.#leave()
    this.#socket.destroy()
    done()
  }

  #written(error: Error | null | undefined, done: (error?: Error | null) => void): void {
    this.#writingSince = undefined
    done(error)
  }

  #receive(chunk: Buffer): void {
    if (this.#state === "ending") return this.#discard(chunk)
    this.#receivedAt = performance.now()
    const first = this.#reader.pending === 0
    if (!this.#reader.append(chunk)) return this.refuse(431)
    if (this.#state !== "waiting") return void this.#socket.pause()
    this.#advance(false, first)
  }

  /** Looks for the next head; `first`: its first bytes have just come. */
  #advance(pipelined: boolean, first: boolean): void {
    const result = this.#reader.next()
    if (result._tag === "Refused") return this.refuse(result.status)
    if (result._tag === "Incomplete") return this.#wait(first)
    this.#state = "queued"
    // Further requests of it wait in the kernel. Without one, reading goes on, so that its end is noticed.
    if (this.#reader.pending > 0) this.#socket.pause()
    this.#last ||= result.last
    const turn: Turn = { pipelined, begin: () => this.#start(turn, result.bytes) }
    this.#options.turns.enter(turn)
  }

  #wait(first: boolean): void {
    if (this.#ended) {
      if (this.#reader.pending > 0) return this.refuse(400)
      return void this.end()
    }
    if (first && this.#reader.pending > 0) this.#limitHead()
    this.#socket.resume()
  }

  #limitHead(): void {
    this.#limit(this.#options.limits.head, () => this.#overdue())
  }

  #start(turn: Turn, head: Buffer): boolean {
    if (this.destroyed || this.#state !== "queued") return false
    this.#state = "busy"
    this.#turn = turn
    // Covers a head that the parser takes for incomplete, until a request begins.
    this.#limitHead()
    this.push(head)
    return true
  }

  #answered(response: Http.ServerResponse): void {
    if (this.#response !== response) return
    this.#response = undefined
    this.#leave()
    if (this.#state !== "busy") return
    clearTimeout(this.#timer)
    if (this.#last || !response.shouldKeepAlive) {
      this.#state = "ending"
      return void this.end()
    }
    this.#state = "waiting"
    this.#limit(this.#options.limits.idle, () => this.destroy())
    this.#advance(true, true)
  }

  #leave(): void {
    const turn = this.#turn
    this.#turn = undefined
    if (turn !== undefined) this.#options.turns.leave(turn)
  }

  #onEnd(): void {
    this.#ended = true
    if (this.#state === "ending") return void this.#endSocket()
    if (this.#state === "waiting") return this.#wait(false)
    // It may want its reply still, or be gone for good: nothing tells.
    if (this.#response !== undefined) this.#limit(halfClosedMillis, () => this.destroy())
  }

  #overdue(): void {
    if (this.#reader.pending === 0 && this.#state === "waiting") return void this.destroy()
    this.refuse(400)
  }

  #limit(millis: number, action: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(action, millis)
  }

  /** Closing while the client still sends would take the reply from it. */
  #linger(): void {
    this.#leave()
    this.#reader.clear()
    this.#limit(this.#options.limits.stall, () => this.destroy())
    this.#socket.end(() => {
      if (this.#ended) return void this.#socket.destroy()
      this.#limit(lingerMillis, () => this.destroy())
    })
    this.#socket.resume()
  }

  #endSocket(): void {
    if (this.#socket.writableFinished) this.destroy()
  }

  #discard(chunk: Buffer): void {
    this.#lingered += chunk.length
    if (this.#lingered > lingerBytes) this.destroy()
  }
}
