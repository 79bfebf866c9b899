/** Plain connections on Node's sockets. */
import { connect as connectSocket, type NetConnectOpts, type Socket } from "node:net"
import type { TcpAddress, UnixAddress } from "../../config/Address.ts"
import type { Resolver } from "../../runtime/NameLookup.ts"
import { kernelPath } from "../EndpointNames.ts"
import { type Attempt, type Connected, connectBy, connectedToItself } from "../HappyEyeballs.ts"
import { ScratchReader } from "./ScratchReader.ts"
import { highWaterMark, tune } from "./SocketTuning.ts"

/** A connected socket: paused and unread. It reads through the reader, if one was asked for. */
export interface Connection {
  readonly socket: Socket
  readonly reader: ScratchReader | undefined
}

const noop = () => {}

/** One attempt. With `scratch` the socket reads through a `ScratchReader`. */
const attemptWith =
  (scratch: boolean): Attempt<Connection> =>
  (target, outcome) => {
    const reader = scratch ? new ScratchReader() : undefined
    const where: NetConnectOpts = "path" in target ? { path: kernelPath(target.path) } : target
    const options = { ...where, allowHalfOpen: true, highWaterMark, onread: reader?.options }
    const socket = connectSocket(options)
    // Nothing is read before a reader asks.
    socket.pause()
    socket.on("error", noop)
    const release = () => socket.off("connect", onConnect).off("error", onError)
    const onConnect = () => {
      release()
      if ("path" in target) return outcome.done({ socket, reader })
      if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress) {
        socket.destroy()
        return outcome.failed(connectedToItself)
      }
      tune(socket)
      outcome.done({ socket, reader })
    }
    const onError = (error: Error) => {
      release()
      outcome.failed(error)
    }
    socket.once("connect", onConnect).once("error", onError)
    return () => {
      release()
      socket.destroy()
    }
  }

/** Connects. Gives back what gives it up. With `scratch` the socket reads through a `ScratchReader`: not for TLS on top. */
export const connect = (
  find: Resolver,
  target: TcpAddress | UnixAddress,
  deadline: number,
  outcome: Connected<Connection>,
  scratch = false
): (() => void) => connectBy(find, attemptWith(scratch), target, deadline, outcome)
