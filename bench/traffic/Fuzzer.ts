/** A wire that damages what it carries: bytes flipped or put in at some place, or cut there by FIN or RST. */
import { connect, createServer, type Server, type Socket } from "node:net"

/** What happens to one direction of one connection, after so many bytes. */
export interface Mangle {
  readonly at: number
  readonly how: "flip" | "inject" | "end" | "reset"
  /** What is put in, or what is flipped from there on (a zero changes nothing). */
  readonly bytes: ReadonlyArray<number>
}

/** Which direction is damaged, from the one who connects. */
export type Damaged = "there" | "back"

export class Fuzzer {
  /** For the connections to come, one each; without one a connection is carried as it is. */
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

  /** Connections it still carries. */
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
      // Whoever waited for room in it need not any more.
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
