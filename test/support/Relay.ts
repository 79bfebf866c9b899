/** A wire that a test can break: relays one TCP connection and ends its far side in ways no TLS library offers. */
import { connect, createServer, type Socket } from "node:net"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"

export class Relay {
  /** Connect here instead of to the tunnel. */
  readonly endpoint: Endpoint
  #near: Socket | undefined
  #far: Socket | undefined
  /** The tunnel ended its direction. */
  farEnded = false
  readonly changes = new Changes()

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** Takes the two sockets of the connection. */
  join(near: Socket, far: Socket): void {
    this.#near = near
    this.#far = far
    near.pipe(far, { end: false })
    far.pipe(near, { end: false })
    near.on("error", () => {})
    far.on("error", () => {})
    far.on("end", () => {
      this.farEnded = true
      this.changes.notify()
    })
  }

  #cut(): Socket {
    if (this.#near === undefined || this.#far === undefined) throw new Error("nothing relayed yet")
    this.#near.unpipe(this.#far)
    return this.#far
  }

  /** Sends FIN to the tunnel, without the close_notify a TLS client would send. */
  finish(): void {
    this.#cut().end()
  }

  /** Sends RST to the tunnel. */
  reset(): void {
    this.#cut().resetAndDestroy()
  }

  /** Sends bytes of its own to the tunnel, in place of anything the client still sends. */
  inject(bytes: Uint8Array): void {
    this.#cut().write(bytes)
  }
}

/** Relays one connection to `to`. */
export const relay = async (stage: Stage, to: Endpoint): Promise<Relay> => {
  const wire = new Relay(await stage.tcp())
  const sockets: Array<Socket> = []
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...socketAddress(to), allowHalfOpen: true })
    sockets.push(near, far)
    wire.join(near, far)
  })
  await new Promise<void>((resolve) => {
    server.listen(socketAddress(wire.endpoint), resolve)
  })
  stage.defer(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return wire
}
