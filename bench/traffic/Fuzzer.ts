/** A TCP proxy that damages the data it forwards: it flips or inserts bytes, or cuts the connection with FIN or RST. */
import { connect, createServer, type Server, type Socket } from "node:net"

/** Damage to one direction of one connection, at a byte offset. */
export interface Mangle {
  readonly at: number
  readonly how: "flip" | "inject" | "end" | "reset"
  /** The bytes to insert, or the XOR mask from that offset on (a zero changes nothing). */
  readonly bytes: ReadonlyArray<number>
}

/** The damaged direction, as seen from the connecting side. */
export type Damaged = "there" | "back"

export class Fuzzer {
  /** Damage for the next connections, one entry each; without an entry a connection is forwarded unchanged. */
  readonly queue: Array<Mangle> = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: number, damaged: Damaged) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true })
      const rule = this.queue.shift()
      this.#carry(near, far, damaged === "there" ? rule : undefined)
      this.#carry(far, near, damaged === "back" ? rule : undefined)
    })
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject)
      this.#server.listen({ port, host: "127.0.0.1", backlog: 1024 }, resolve)
    })
  }

  /** Connections that are still open. */
  get open(): number {
    return this.#sockets.size
  }

  #carry(from: Socket, to: Socket, rule: Mangle | undefined): void {
    let passed = 0
    let done = rule === undefined
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on("error", () => {
      from.destroy()
      to.resetAndDestroy()
    })
    from.on("close", () => {
      this.#sockets.delete(from)
      // Resume the other socket if it was paused until this one drains.
      to.resume()
    })
    from.on("data", (bytes: Buffer) => {
      const before = passed
      passed += bytes.length
      if (done || rule === undefined || passed <= rule.at) return this.#write(from, to, bytes)
      done = true
      const place = Math.max(0, rule.at - before)
      this.#write(from, to, bytes.subarray(0, place))
      this.#damage(from, to, rule, bytes.subarray(place))
    })
    from.on("end", () => to.end())
  }

  #write(from: Socket, to: Socket, bytes: Buffer): void {
    if (to.destroyed || to.writableEnded || to.write(bytes)) return
    from.pause()
    to.once("drain", () => from.resume())
  }

  #damage(from: Socket, to: Socket, { bytes, how }: Mangle, rest: Buffer): void {
    if (how === "inject") return this.#write(from, to, Buffer.concat([Buffer.from(bytes), rest]))
    if (how === "flip") {
      const flipped = rest.map((byte, index) => byte ^ (bytes[index] ?? 0))
      return this.#write(from, to, Buffer.from(flipped))
    }
    if (how === "end") to.end()
    else to.resetAndDestroy()
    from.destroy()
  }
}
