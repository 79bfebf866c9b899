/** From an accepted connection to a judged stream. */
import { Effect } from "effect"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import type { HandshakeOptions, RawConnection, ServerTls, Stream } from "../Transport.ts"
import { AcceptedDescriptor } from "./AcceptedDescriptor.ts"
import { follow } from "./Handshake.ts"
import type { Native } from "./Native.ts"
import { NativeStream } from "./NativeStream.ts"
import { PlainChannel } from "./PlainChannel.ts"
import { NativeServerTls } from "./TlsContext.ts"
import { TlsSession } from "./TlsSession.ts"

/** Takes the connection over; with TLS, completes the handshake with the judge's word in it. */
export const accept = (
  native: Native,
  raw: RawConnection,
  tls: (HandshakeOptions & { readonly context: ServerTls }) | undefined
): Effect.Effect<Stream, ConnectionFailure> =>
  Effect.callback((resume) => {
    if (!(raw instanceof AcceptedDescriptor)) {
      return resume(Effect.die(new TypeError("a connection of another transport")))
    }
    const descriptor = raw.take()
    if (descriptor === undefined) return resume(Effect.die(new Error("a connection can be accepted only once")))
    if (tls === undefined) {
      const channel = new PlainChannel(native.thread, descriptor.fd)
      return resume(Effect.succeed(new NativeStream(native, descriptor, channel, raw.ends)))
    }
    if (!(tls.context instanceof NativeServerTls)) {
      descriptor.close()
      return resume(Effect.die(new TypeError("TLS of another transport")))
    }
    const session = TlsSession.of(native.thread, tls.context.context, "server")
    if (session === undefined || !session.attach(descriptor.fd)) {
      session?.free()
      descriptor.close()
      const message = "tls: the connection came too late for its certificate, or memory is short"
      return resume(Effect.fail(ConnectionFailure.HandshakeFailed({ source: "us", reason: "other", message })))
    }
    const cancel = follow(native, {
      session,
      descriptor,
      role: "server",
      certificateAsked: tls.context.requestCertificate,
      judge: tls.judge,
      paths: tls.context.context.paths,
      deadline: tls.deadline,
      ends: raw.ends,
      done: (stream) => resume(Effect.succeed(stream)),
      failed: (why) => resume(Effect.fail(ConnectionFailure.HandshakeFailed({ source: "peer", ...why })))
    })
    return Effect.sync(cancel)
  })
