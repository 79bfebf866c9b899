/** From a target to a stream: connect and, where asked for, TLS and the verdict on the server. */
import { isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { Effect, Result } from "effect"
import type { Resolver } from "../../runtime/NameLookup.ts"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import { sniName, tcp, unix } from "../EndpointNames.ts"
import type { Connected } from "../HappyEyeballs.ts"
import type { Explained } from "../TlsErrors.ts"
import type { DialOptions, EndpointName, Stream } from "../Transport.ts"
import { type Connection, connect } from "./Connect.ts"
import { follow, startTls, timedOut } from "./Handshake.ts"
import { takeTurn } from "./HandshakeGate.ts"
import { NodeStream } from "./NodeStream.ts"
import { NodeClientTls } from "./SecureContexts.ts"
import { highWaterMark } from "./SocketTuning.ts"
import { connectThrough } from "./Upstream.ts"

const endsOf = (socket: Socket, target: DialOptions["target"]): { remote: EndpointName; local: EndpointName } =>
  target._tag === "Unix"
    ? { remote: unix(target.path), local: unix() }
    : {
        remote: tcp(socket.remoteAddress, socket.remotePort),
        local: tcp(socket.localAddress, socket.localPort)
      }

/** Dials. Every failure is the backend's. */
export const dial = (find: Resolver, options: DialOptions): Effect.Effect<Stream, ConnectionFailure> =>
  Effect.callback((resume) => {
    const { deadline, target, tls, via } = options
    const context = tls?.context
    if (context !== undefined && !(context instanceof NodeClientTls)) {
      return resume(Effect.die(new TypeError("TLS of another transport")))
    }
    const failed = (why: Explained) => resume(Effect.fail(ConnectionFailure.DialFailed({ source: "backend", ...why })))
    const outcome: Connected<Connection> = {
      failed,
      done: ({ socket, reader }) => {
        const ends = endsOf(socket, target)
        if (tls === undefined || context === undefined) {
          return resume(Effect.succeed(new NodeStream(socket, ends, { reader })))
        }
        const begin = (ended: () => void): void => {
          // Not a literal in the call: the typings do not know `highWaterMark`.
          const settings = {
            socket,
            secureContext: context.context,
            servername: sniName(tls.serverName, (text) => isIP(text) !== 0),
            // The judge decides; Node's own name check is not ours.
            rejectUnauthorized: false,
            checkServerIdentity: () => undefined,
            ...context.alpn,
            requestOCSP: tls.checkStaple !== undefined,
            highWaterMark
          }
          const secured = startTls(() => connectTls(settings))
          if (Result.isFailure(secured)) {
            socket.destroy()
            ended()
            return failed({ reason: "other", message: secured.failure })
          }
          cancel = follow({
            socket: secured.success,
            fd: undefined,
            role: "client",
            certificateAsked: true,
            judge: tls.judge,
            checkStaple: tls.checkStaple,
            paths: context.paths,
            deadline,
            ...ends,
            done: (stream) => {
              ended()
              resume(Effect.succeed(stream))
            },
            failed: (why) => {
              ended()
              failed(why)
            }
          })
        }
        cancel = () => void socket.destroy()
        leave = takeTurn({
          gated: context.paths === undefined,
          deadline,
          begin,
          late: () => {
            socket.destroy()
            failed(timedOut)
          }
        })
      }
    }
    let leave = () => {}
    let cancel =
      via === undefined || target._tag === "Unix"
        ? connect(find, target, deadline, outcome, tls === undefined)
        : connectThrough(find, via, target, deadline, outcome)
    return Effect.sync(() => {
      leave()
      cancel()
    })
  })
