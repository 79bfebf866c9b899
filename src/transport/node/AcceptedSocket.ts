/** An accepted connection that is paused, unread and not yet owned by a stage. */
import type { Socket } from "node:net"
import type { EndpointName, RawConnection } from "../Transport.ts"

/** The raw connection that the Node listener hands out and `accept` takes. */
export class AcceptedSocket implements RawConnection {
  readonly remote: EndpointName
  readonly local: EndpointName
  readonly #socket: Socket
  #taken = false

  constructor(socket: Socket, ends: { readonly remote: EndpointName; readonly local: EndpointName }) {
    this.#socket = socket
    this.remote = ends.remote
    this.local = ends.local
    // Never removed: a reset by the peer may come while no other listener is attached.
    socket.on("error", () => {})
  }

  /** Hands the socket over, once. From then on `reset` does nothing. */
  take(): Socket | undefined {
    if (this.#taken) return undefined
    this.#taken = true
    return this.#socket
  }

  readonly reset = (): void => {
    if (this.#taken) return
    this.#taken = true
    if (this.#socket.destroyed) return
    if (this.remote.network === "tcp") this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }
}
