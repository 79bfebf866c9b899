/** Upstream proxies between a client tunnel and its target: they record what they were sent and do as they are told. */
import { connect, createServer, type Socket } from "node:net"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress, textOf } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"

/** One connection to a proxy. */
export class Visit {
  readonly socket: Socket
  readonly changes = new Changes()
  /** Everything before the tunnel stands. */
  negotiated = Buffer.alloc(0)
  /** Where the client wanted to go, as it was written. */
  wanted: string | undefined
  /** Everything the client sent to the target. */
  passed = Buffer.alloc(0)
  closed = false
  #upstream: Socket | undefined
  #pending = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("error", () => {})
    socket.on("data", (chunk: Buffer) => this.#receive(chunk))
    socket.on("end", () => (this.#upstream === undefined ? socket.end() : this.#upstream.end()))
    socket.on("close", () => {
      this.closed = true
      this.#upstream?.destroy()
      this.changes.notify()
    })
  }

  #receive(chunk: Buffer): void {
    if (this.#upstream === undefined) {
      this.negotiated = Buffer.concat([this.negotiated, chunk])
      this.#pending = Buffer.concat([this.#pending, chunk])
    } else {
      this.passed = Buffer.concat([this.passed, chunk])
      this.#upstream.write(chunk)
    }
    this.changes.notify()
  }

  /** Takes bytes of the negotiation as soon as `size` says how many there are to take. */
  async #take(size: (have: Buffer) => number | undefined): Promise<Buffer> {
    const length = await this.changes.until(
      () => {
        const wanted = size(this.#pending)
        return wanted !== undefined && this.#pending.length >= wanted ? wanted : undefined
      },
      () => `more of a negotiation, have ${this.#pending.toString("hex")}`
    )
    const taken = this.#pending.subarray(0, length)
    this.#pending = this.#pending.subarray(length)
    return taken
  }

  /** The next bytes of the negotiation. */
  take(count: number): Promise<Buffer> {
    return this.#take(() => count)
  }

  /** The next bytes up to the end of a head. */
  async head(): Promise<string> {
    const found = await this.#take((have) => {
      const end = have.indexOf("\r\n\r\n")
      return end < 0 ? undefined : end + 4
    })
    return found.toString("latin1")
  }

  /** Connects to the target and passes bytes on from now on. */
  async reach(target: Endpoint): Promise<void> {
    const upstream = connect({ ...socketAddress(target), allowHalfOpen: true })
    upstream.on("error", () => {})
    await new Promise<void>((resolve, reject) => {
      upstream.once("connect", resolve).once("error", reject)
    })
    this.#upstream = upstream
    upstream.pipe(this.socket)
  }

  /** Waits until the client has gone. */
  over(): Promise<true> {
    return this.changes.until(
      () => (this.closed ? true : undefined),
      () => "the end of a visit to the proxy"
    )
  }
}

/** What a proxy does with a visit; a proxy that returns without an answer is silent. */
export type Manners = (visit: Visit) => Promise<void>

/** A listening proxy. */
export class UpstreamServer {
  readonly endpoint: Endpoint
  readonly visits: Array<Visit> = []
  readonly changes = new Changes()

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** As a URL, with what stands before the `@`. */
  url(scheme: "http" | "socks5" | "socks5h", userinfo = ""): string {
    return `${scheme}://${userinfo}${userinfo === "" ? "" : "@"}${textOf(this.endpoint)}`
  }

  /** Waits for the visit of this number, the first being 0. */
  visit(index: number): Promise<Visit> {
    return this.changes.until(
      () => this.visits[index],
      () => `visit ${index} to the proxy, have ${this.visits.length}`
    )
  }
}

/** Starts a proxy with these manners. */
export const upstreamServer = async (stage: Stage, manners: Manners): Promise<UpstreamServer> => {
  const proxy = new UpstreamServer(await stage.tcp())
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const visit = new Visit(socket)
    proxy.visits.push(visit)
    proxy.changes.notify()
    manners(visit).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(socketAddress(proxy.endpoint), resolve)
  })
  stage.defer(() => {
    for (const { socket } of proxy.visits) socket.destroy()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return proxy
}

/** Says nothing at all. */
export const silent: Manners = () => Promise.resolve()

/** Takes one CONNECT and answers with these bytes, without a tunnel behind them. */
export const answering =
  (answer: string): Manners =>
  async (visit) => {
    await visit.head()
    visit.socket.end(answer)
  }

/** An HTTP proxy that knows where `target` is, whatever it is called. `send` decides how the answer is cut. */
export const connectManners =
  (
    target: Endpoint,
    send: (socket: Socket, answer: string) => Promise<void> | void = (socket, text) => void socket.write(text)
  ): Manners =>
  async (visit) => {
    const head = await visit.head()
    visit.wanted = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1]
    await visit.reach(target)
    await send(visit.socket, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
  }

export interface SocksBehaviour {
  /** The pair that is let in; without it nobody is asked. */
  readonly pair?: readonly [user: string, password: string]
  /** The reply to a request; 0 lets it through. */
  readonly reply?: number
}

const addressLengths: Readonly<Record<number, number>> = { 1: 4, 4: 16 }

/** Sends the answer in two parts, so that nobody may take a part for the whole. */
const inParts = async (socket: Socket, bytes: ReadonlyArray<number>): Promise<void> => {
  const [first = 0, ...rest] = bytes
  socket.setNoDelay(true)
  await new Promise((resolve) => {
    socket.write(Buffer.from([first]), resolve)
  })
  socket.write(Buffer.from(rest))
}

/** A SOCKS5 proxy that knows where `target` is, whatever it is called. */
export const socksManners =
  (target: Endpoint, { pair, reply = 0 }: SocksBehaviour = {}): Manners =>
  async (visit) => {
    const [version, count = 0] = await visit.take(2)
    const methods = [...(await visit.take(count))]
    const method = pair === undefined ? 0 : 2
    if (version !== 5 || !methods.includes(method)) return void visit.socket.end(Buffer.from([5, 0xff]))
    await inParts(visit.socket, [5, method])
    if (pair !== undefined) {
      const field = async () => (await visit.take((await visit.take(1))[0] ?? 0)).toString()
      await visit.take(1)
      const given = [await field(), await field()]
      const good = given[0] === pair[0] && given[1] === pair[1]
      await inParts(visit.socket, [1, good ? 0 : 1])
      if (!good) return void visit.socket.end()
    }
    const type = (await visit.take(4))[3] ?? 0
    const address = await visit.take(addressLengths[type] ?? (await visit.take(1))[0] ?? 0)
    const port = (await visit.take(2)).readUInt16BE()
    visit.wanted = `${type} ${type === 3 ? address.toString() : type === 1 ? address.join(".") : address.toString("hex")} ${port}`
    if (reply !== 0) return void visit.socket.end(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
    await visit.reach(target)
    // The bound address as a name: the longest way to say nothing.
    await inParts(visit.socket, [5, 0, 0, 3, 5, ...Buffer.from("bound"), 0, 80])
  }
