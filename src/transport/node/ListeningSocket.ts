/**
 * A listening socket that can be put aside: nothing is accepted from it, and its clients wait in the kernel's queue. libuv
 * cannot pause one, and drops waiting clients when it runs out of descriptors; so its handle is closed while another
 * descriptor keeps the socket, and opened again on a copy of that one.
 */
import { createServer, type ListenOptions as NetListenOptions, type Server, Socket } from "node:net"
import type { Descriptors } from "../Transport.ts"
import { descriptorOf } from "./Internals.ts"
import { highWaterMark } from "./SocketTuning.ts"

export class ListeningSocket {
  readonly #onSocket: (socket: Socket, server: Server) => void
  readonly #backlog: number | undefined
  #server: Server
  /** Keeps the socket open while accepting is paused. A handle, so that it ends with its thread; it reads nothing. */
  #keeper: { readonly fd: number; readonly close: () => void } | undefined
  #aside = false
  #stopped = false

  constructor(backlog: number | undefined, onSocket: (socket: Socket, server: Server) => void) {
    this.#backlog = backlog
    this.#onSocket = onSocket
    this.#server = this.#newServer()
  }

  #newServer(): Server {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, highWaterMark }, (socket) =>
      this.#onSocket(socket, server)
    )
    return server
  }

  /** Binds, once. Errors after the bind are of accepting. */
  listen(
    settings: NetListenOptions,
    on: {
      readonly bound: (server: Server) => void
      readonly failed: (error: Error) => void
      readonly acceptFailed: (error: Error) => void
    }
  ): void {
    const server = this.#server
    server.once("error", on.failed)
    server.listen(settings, () => {
      server.off("error", on.failed).on("error", on.acceptFailed)
      on.bound(server)
    })
  }

  /** Stops accepting; `false` where the socket cannot be kept meanwhile, and nothing has changed. */
  putAside(duplicate: Descriptors["duplicate"]): boolean {
    if (this.#stopped || this.#aside) return this.#aside
    const own = descriptorOf(this.#server)
    if (this.#keeper === undefined && own !== undefined) {
      const fd = duplicate(own)
      if (fd === undefined) return false
      const holder = new Socket({ fd, readable: false, writable: false })
      this.#keeper = { fd, close: () => holder.destroy() }
    }
    if (this.#keeper === undefined) return false
    this.#server.close()
    this.#aside = true
    return true
  }

  /**
   * Accepts again. `failed` when that was not possible just now: it is still aside. `keep`: the descriptor that held the
   * socket meanwhile stays open, so that it can be put aside when no other one is left.
   */
  takeBack(
    duplicate: Descriptors["duplicate"],
    acceptFailed: (error: Error) => void,
    failed: () => void,
    keep: boolean
  ): void {
    if (this.#stopped || !this.#aside || this.#keeper === undefined) return
    const fd = duplicate(this.#keeper.fd)
    if (fd === undefined) return failed()
    const server = this.#newServer()
    const onError = () => {
      this.#aside = true
      failed()
    }
    this.#server = server
    this.#aside = false
    server.once("error", onError)
    // Beside a descriptor, Node reads the backlog only from an argument of its own.
    server.listen({ fd }, this.#backlog, () => {
      server.off("error", onError).on("error", acceptFailed)
      if (keep || this.#aside || this.#server !== server) return
      this.#keeper?.close()
      this.#keeper = undefined
    })
  }

  /** Closes everything at once; clients that wait are reset. Idempotent. */
  close(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#server.close()
    this.#keeper?.close()
  }
}
