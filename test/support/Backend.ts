/** Plaintext programs behind the tunnel. All record their connections; what happens on them is up to the scenario. */
import { createServer, type Socket } from "node:net"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import { Peer } from "./Peer.ts"
import type { Stage } from "./Stage.ts"

/** A listening backend. */
export class Backend {
  readonly endpoint: Endpoint
  /** Every connection ever accepted, oldest first. */
  readonly connections: Array<Peer> = []
  readonly changes = new Changes()

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** Waits for the connection of this number, the first being 0. */
  connection(index: number): Promise<Peer> {
    return this.changes.until(
      () => this.connections[index],
      () => `backend connection ${index}, have ${this.connections.length}`
    )
  }
}

const listen = async (
  stage: Stage,
  onConnection: (peer: Peer, backend: Backend) => void,
  at?: Endpoint
): Promise<Backend> => {
  const backend = new Backend(at ?? (await stage.tcp()))
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    const peer = new Peer(socket)
    backend.connections.push(peer)
    onConnection(peer, backend)
    backend.changes.notify()
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen({ ...socketAddress(backend.endpoint), backlog: 1_024 }, resolve)
  })
  stage.defer(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return backend
}

/** Accepts, records, sends nothing and closes nothing by itself: the scenario holds the connections. */
export const holdingBackend = (stage: Stage, at?: Endpoint): Promise<Backend> => listen(stage, () => {}, at)

/** Sends back what arrives; ends when the peer ends. */
export const echoBackend = (stage: Stage, at?: Endpoint): Promise<Backend> =>
  listen(
    stage,
    (peer) => {
      peer.socket.on("data", (chunk: Buffer) => peer.socket.write(chunk))
      peer.socket.on("end", () => peer.socket.end())
    },
    at
  )

/** Sends `text` every `interval` ms until it has done so `times` times, then ends. Begins once the peer has ended. */
export const lateSender = (stage: Stage, text: string, times: number, interval: number): Promise<Backend> =>
  listen(stage, (peer) => {
    peer.socket.on("end", () => {
      let sent = 0
      const timer = setInterval(() => {
        if (peer.closed || sent === times) {
          clearInterval(timer)
          peer.socket.end()
        } else if (peer.socket.writable) {
          sent += 1
          peer.socket.write(text)
        }
      }, interval)
      stage.defer(() => clearInterval(timer))
    })
  })

/** Sends without end and ignores what arrives, until its connection breaks. */
export const endlessSender = (stage: Stage): Promise<Backend> =>
  listen(stage, (peer) => {
    const block = Buffer.alloc(16_384, "x")
    const more = () => {
      while (peer.socket.writable && peer.socket.write(block));
    }
    peer.socket.on("drain", more)
    more()
  })

/** A small HTTP server: answers every request with a line that names its method, its path and its body. */
export const httpBackend = async (stage: Stage): Promise<Backend> =>
  listen(stage, (peer) => {
    let pending = ""
    peer.socket.on("data", (chunk: Buffer) => {
      pending += chunk.toString("latin1")
      const head = pending.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0)
      if (pending.length < head + 4 + length) return
      const [method, path] = pending.split(" ", 2)
      const body = `${method} ${path} ${pending.slice(head + 4, head + 4 + length)}\n`
      pending = pending.slice(head + 4 + length)
      peer.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nContent-Type: text/plain\r\n\r\n${body}`)
    })
    peer.socket.on("end", () => peer.socket.end())
  })
