/** A backend that keeps every byte as it came, for what stands before a client's first one. */
import { createServer, type Socket } from "node:net"
import { Result } from "effect"
import type { Header } from "../../src/transport/ProxyProtocol.ts"
import { decode } from "../../src/transport/ProxyProtocolDecode.ts"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"

/** A connection to the backend. */
export class RawConnection {
  readonly socket: Socket
  readonly changes = new Changes()
  bytes = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("error", () => {})
    socket.on("data", (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk])
      this.changes.notify()
    })
  }

  /** The header that the bytes begin with, and everything behind it; undefined while it is not complete. */
  get parsed(): { readonly header: Header; readonly rest: string } | undefined {
    const decoded = Result.getOrThrow(decode(this.bytes))
    if (decoded._tag === "Incomplete") return undefined
    return { header: decoded.header, rest: Buffer.from(decoded.rest).toString() }
  }

  /** Waits for a whole header. */
  async header(): Promise<Header> {
    const { header } = await this.changes.until(
      () => this.parsed,
      () => `a PROXY header, have ${this.bytes.toString("hex")}`
    )
    return header
  }

  /** Waits until exactly this text follows the header. */
  async payload(text: string): Promise<void> {
    await this.changes.until(
      () => (this.parsed?.rest === text ? true : undefined),
      () => `"${text}" after a PROXY header, have ${this.bytes.toString("latin1")}`
    )
  }
}

/** The backend and its connections, oldest first. */
export class HeaderBackend {
  readonly endpoint: Endpoint
  readonly connections: Array<RawConnection> = []
  readonly changes = new Changes()

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** Waits for the connection of this number, the first being 0. */
  connection(index: number): Promise<RawConnection> {
    return this.changes.until(
      () => this.connections[index],
      () => `backend connection ${index}, have ${this.connections.length}`
    )
  }
}

/** Starts one; it sends nothing and ends nothing by itself. */
export const headerBackend = async (stage: Stage): Promise<HeaderBackend> => {
  const backend = new HeaderBackend(await stage.tcp())
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    backend.connections.push(new RawConnection(socket))
    backend.changes.notify()
  })
  await new Promise<void>((resolve) => {
    server.listen(socketAddress(backend.endpoint), resolve)
  })
  stage.defer(() => {
    for (const { socket } of backend.connections) socket.destroy()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return backend
}
