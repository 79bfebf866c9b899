/** From an accepted connection to a judged stream. */
import { TLSSocket } from "node:tls"
import { Effect, Result } from "effect"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import type { HandshakeOptions, RawConnection, ServerTls, Stream } from "../Transport.ts"
import { AcceptedSocket } from "./AcceptedSocket.ts"
import { follow, startTls, timedOut } from "./Handshake.ts"
import { takeTurn } from "./HandshakeGate.ts"
import { descriptorOf } from "./Internals.ts"
import { NodeStream } from "./NodeStream.ts"
import { NodeServerTls, nextDescriptor } from "./SecureContexts.ts"
import { highWaterMark } from "./SocketTuning.ts"

/** Takes the connection over; with TLS, completes the handshake and lets the judge speak first. */
export const accept = (
  raw: RawConnection,
  tls: (HandshakeOptions & { readonly context: ServerTls }) | undefined
): Effect.Effect<Stream, ConnectionFailure> =>
  Effect.callback((resume) => {
    if (!(raw instanceof AcceptedSocket)) return resume(Effect.die(new TypeError("a connection of another transport")))
    const taken = raw.take()
    if (taken === undefined) return resume(Effect.die(new Error("a connection can be accepted only once")))
    if (tls === undefined) return resume(Effect.succeed(new NodeStream(taken, raw)))
    if (!(tls.context instanceof NodeServerTls)) {
      taken.destroy()
      return resume(Effect.die(new TypeError("TLS of another transport")))
    }
    const { context } = tls
    let cancel: () => void = () => taken.destroy()
    const begin = (ended: () => void): void => {
      const asked = context.requestCertificate
      // Not a literal in the call: the typings do not know `highWaterMark`.
      const options = {
        isServer: true,
        secureContext: context.context,
        requestCert: asked,
        // Node itself then refuses peers without a certificate, with the alert they expect. All else is the judge's.
        rejectUnauthorized: asked,
        ...context.alpn,
        highWaterMark
      }
      const fd = descriptorOf(taken)
      nextDescriptor(context, fd)
      const secured = startTls(() => new TLSSocket(taken, options))
      if (Result.isFailure(secured)) {
        taken.destroy()
        ended()
        const { failure: message } = secured
        resume(Effect.fail(ConnectionFailure.HandshakeFailed({ source: "us", reason: "other", message })))
        return
      }
      cancel = follow({
        socket: secured.success,
        fd,
        role: "server",
        certificateAsked: asked,
        judge: tls.judge,
        paths: context.paths,
        deadline: tls.deadline,
        remote: raw.remote,
        local: raw.local,
        done: (stream) => {
          ended()
          resume(Effect.succeed(stream))
        },
        failed: (why) => {
          ended()
          resume(Effect.fail(ConnectionFailure.HandshakeFailed({ source: "peer", ...why })))
        }
      })
    }
    const leave = takeTurn({
      gated: context.paths === undefined && context.requestCertificate,
      deadline: tls.deadline,
      begin,
      late: () => {
        taken.destroy()
        resume(Effect.fail(ConnectionFailure.HandshakeFailed({ source: "peer", ...timedOut })))
      }
    })
    return Effect.sync(() => {
      leave()
      cancel()
    })
  })
