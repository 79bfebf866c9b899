/** An open connection of the Node transport: the socket, what is known about its ends, and how it is given up. */
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import { Effect } from "effect"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import { operation } from "../EndpointNames.ts"
import { codeOf } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import { explain } from "../TlsErrors.ts"
import type { EndpointName, Stream, TlsFacts } from "../Transport.ts"
import type { ScratchReader } from "./ScratchReader.ts"

/** How long a peer that takes nothing may hold up our closing messages. */
const closingGrace = 250

/** Ends a socket: what is queued goes out, for TLS with close_notify, then it is destroyed; after a grace in any case. */
export const closeGently = (socket: Socket): void => {
  if (socket.destroyed) return
  if (!socket.writableEnded) socket.end()
  if (socket.writableFinished) return void socket.destroy()
  const destroy = () => void socket.destroy()
  const cancel = Timer.after(closingGrace, destroy)
  socket.once("finish", destroy)
  socket.once("close", cancel)
}

/** The stream that `accept` and `dial` give out and `pump` takes. */
export class NodeStream implements Stream {
  readonly socket: Socket
  readonly remote: EndpointName
  readonly local: EndpointName
  readonly tls: TlsFacts | undefined
  /** What its bytes come from, if they do not come as `data` events. */
  readonly reader: ScratchReader | undefined
  /** A TLS error that Node reported without destroying the socket. */
  tlsError: Error | undefined

  constructor(
    socket: Socket,
    ends: { readonly remote: EndpointName; readonly local: EndpointName },
    more: { readonly tls?: TlsFacts; readonly reader?: ScratchReader | undefined } = {}
  ) {
    this.socket = socket
    this.remote = ends.remote
    this.local = ends.local
    this.tls = more.tls
    this.reader = more.reader
    // Stays for good: an error between two stages, or after the last one, must not end the process.
    socket.on("error", this.#remember)
    // Sockets wrapped by hand report what goes wrong after the handshake only here.
    if (socket instanceof TLSSocket) socket.on("_tlsError", this.#remember)
  }

  readonly #remember = (error: Error): void => {
    if (!this.socket.destroyed) this.tlsError ??= error
  }

  /** `read tcp A->B`, `write tcp A->B`. */
  operation(verb: "read" | "write"): string {
    return operation(verb, this.local, this.remote)
  }

  readonly prefix = (bytes: Uint8Array): Effect.Effect<void, ConnectionFailure> =>
    Effect.callback((resume) => {
      const { socket } = this
      const done = (error?: Error | null) => {
        socket.off("close", onClose)
        if (error === undefined || error === null) return resume(Effect.void)
        socket.destroy()
        const code = codeOf(error)
        const known = code === "ERR_STREAM_DESTROYED" ? (socket.errored ?? error) : error
        resume(
          Effect.fail(ConnectionFailure.PrefixFailed({ source: "backend", ...explain(known, this.operation("write")) }))
        )
      }
      const onClose = () => done(socket.errored ?? new Error("connection closed"))
      if (socket.destroyed) return onClose()
      socket.once("close", onClose)
      socket.write(bytes, done)
      return Effect.sync(() => {
        socket.off("close", onClose)
        socket.destroy()
      })
    })

  readonly close = (): void => closeGently(this.socket)

  readonly reset = (): void => {
    if (this.socket.destroyed) return
    if (this.remote.network === "tcp") this.socket.resetAndDestroy()
    else this.socket.destroy()
  }
}
