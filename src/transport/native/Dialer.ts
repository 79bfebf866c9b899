/** From a target to a stream: connect and, where asked for, TLS with the verdict on the server in it. */
import { isIP } from "node:net"
import { Effect } from "effect"
import type { Resolver } from "../../runtime/NameLookup.ts"
import { ConnectionFailure } from "../ConnectionFailure.ts"
import { sniName, tcp, unix } from "../EndpointNames.ts"
import type { Connected } from "../HappyEyeballs.ts"
import type { Explained } from "../TlsErrors.ts"
import type { DialOptions, EndpointName, Stream } from "../Transport.ts"
import { connect } from "./Connect.ts"
import type { Descriptor } from "./Descriptor.ts"
import { follow } from "./Handshake.ts"
import type { Native } from "./Native.ts"
import { type Ends, NativeStream } from "./NativeStream.ts"
import { PlainChannel } from "./PlainChannel.ts"
import { NativeClientTls } from "./TlsContext.ts"
import { TlsSession } from "./TlsSession.ts"
import { connectThrough } from "./Upstream.ts"

/** The ends of a dialled connection, looked up where they are asked for: few are. */
class DialledEnds implements Ends {
  readonly #native: Native
  readonly #descriptor: Descriptor
  #remote: EndpointName | undefined
  #local: EndpointName | undefined

  constructor(native: Native, descriptor: Descriptor, target: DialOptions["target"]) {
    this.#native = native
    this.#descriptor = descriptor
    if (target._tag === "Unix") [this.#remote, this.#local] = [unix(target.path), unix()]
  }

  get remote(): EndpointName {
    return (this.#remote ??= this.#name("remoteName"))
  }

  get local(): EndpointName {
    return (this.#local ??= this.#name("localName"))
  }

  #name(which: "remoteName" | "localName"): EndpointName {
    const decoded = this.#descriptor.open ? this.#native.sockets[which](this.#descriptor.fd) : undefined
    return decoded === undefined ? tcp(undefined, undefined) : { network: decoded.network, address: decoded.address }
  }
}

/** A session that asks for the server by its name; or why there is none. */
const sessionFor = (
  native: Native,
  tls: NonNullable<DialOptions["tls"]>,
  context: NativeClientTls
): TlsSession | string => {
  const session = TlsSession.of(native.thread, context.context, "client")
  if (session === undefined) return "tls: the connection came too late for its certificate, or memory is short"
  const name = sniName(tls.serverName, (text) => isIP(text) !== 0)
  const asked = tls.checkStaple === undefined || session.askForStaple()
  if (asked && (name === "" || session.ask(name))) return session
  session.free()
  return "tls: the server's name cannot be asked for"
}

/** Dials. Every failure is the backend's. */
export const dial = (native: Native, find: Resolver, options: DialOptions): Effect.Effect<Stream, ConnectionFailure> =>
  Effect.callback((resume) => {
    const { deadline, target, tls, via } = options
    const context = tls?.context
    if (context !== undefined && !(context instanceof NativeClientTls)) {
      return resume(Effect.die(new TypeError("TLS of another transport")))
    }
    const failed = (why: Explained) => resume(Effect.fail(ConnectionFailure.DialFailed({ source: "backend", ...why })))
    // Before anything else: the context may be on its way out.
    const session = tls === undefined || context === undefined ? undefined : sessionFor(native, tls, context)
    if (typeof session === "string") return failed({ reason: "other", message: session })
    const outcome: Connected<Descriptor> = {
      failed: (why) => {
        session?.free()
        failed(why)
      },
      done: (descriptor) => {
        const ends = new DialledEnds(native, descriptor, target)
        if (tls === undefined || session === undefined || context === undefined) {
          const channel = new PlainChannel(native.thread, descriptor.fd)
          return resume(Effect.succeed(new NativeStream(native, descriptor, channel, ends)))
        }
        if (!session.attach(descriptor.fd)) {
          session.free()
          descriptor.close()
          return failed({ reason: "other", message: "tls: memory is short" })
        }
        cancel = follow(native, {
          session,
          descriptor,
          role: "client",
          certificateAsked: true,
          judge: tls.judge,
          checkStaple: tls.checkStaple,
          paths: context.context.paths,
          deadline,
          ends,
          done: (stream) => resume(Effect.succeed(stream)),
          failed
        })
      }
    }
    let cancel =
      via === undefined || target._tag === "Unix"
        ? connect(native, find, target, deadline, outcome)
        : connectThrough(native, find, via, target, deadline, outcome)
    return Effect.sync(() => {
      cancel()
      session?.free()
    })
  })
