/** What the transport tests share: one transport, judges, materials, listeners and plain peers on loopback. */
import { createConnection, createServer, type Server, type Socket } from "node:net"
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls"
import { Effect, type Scope } from "effect"
import { verifyChain } from "../../../src/access/ChainVerifier.ts"
import type { Judge, PresentedPeer, Verdict } from "../../../src/access/Verdict.ts"
import { type Address, parse, type TcpAddress, type UnixAddress } from "../../../src/config/Address.ts"
import type { TlsOptions } from "../../../src/config/TlsOptions.ts"
import { pemKey, type TlsMaterial } from "../../../src/credentials/TlsMaterial.ts"
import * as NativeTransport from "../../../src/transport/native/NativeTransport.ts"
import * as NodeTransport from "../../../src/transport/node/NodeTransport.ts"
import { type Listener, type RawConnection, Transport } from "../../../src/transport/Transport.ts"
import { patience } from "../../support/Changes.ts"
import { makeCa, type TestIdentity } from "../../support/TestCa.ts"

/** What the tests of this run are about. */
const native = process.env.GHOSTUNNEL_TRANSPORT === "native"
const layer = native ? NativeTransport.layer : NodeTransport.layer

/** Whether a refused peer is told so inside of the handshake: Node's own TLS cannot. */
export const sendsAlerts = native

/** Runs a test body with the transport of this run: Node's own, or the one that `GHOSTUNNEL_TRANSPORT` names. */
export const withTransport = <A, E>(body: Effect.Effect<A, E, Transport | Scope.Scope>) =>
  Effect.provide(Effect.scoped(body), layer)

export const admitted: Verdict = { _tag: "Admitted", by: "test" }

const verifiedFor =
  (usage: string): Judge =>
  ({ chain, paths }) => {
    const role = { usage, host: undefined }
    const outcome = paths === undefined ? undefined : verifyChain(paths, chain, role, new Date(), undefined)
    if (outcome?._tag === "Verified") return admitted
    return { _tag: "Refused", reason: "untrusted", message: `refused: ${outcome?.problem.message}` }
  }

/** Admits clients whose chain leads to an anchor, as the real rules do first. */
export const verified: Judge = verifiedFor("1.3.6.1.5.5.7.3.2")

/** Admits such servers. */
export const verifiedServer: Judge = verifiedFor("1.3.6.1.5.5.7.3.1")

/** Admits everybody. */
export const anybody: Judge = () => admitted

/** A judge that keeps what it was asked. */
export const recording = (judge: Judge) => {
  const asked: Array<PresentedPeer> = []
  return {
    asked,
    judge: (peer: PresentedPeer) => {
      asked.push(peer)
      return judge(peer)
    }
  }
}

export const tlsOptions: TlsOptions = { maxVersion: "TLSv1.3", cipherGroups: ["AES", "CHACHA"] }
export const tls12Options: TlsOptions = { ...tlsOptions, maxVersion: "TLSv1.2" }

export const materialOf = (identity: TestIdentity | undefined, anchors: ReadonlyArray<string>): TlsMaterial => ({
  generation: 1,
  identity: identity === undefined ? undefined : { chainPem: identity.chainPem, key: pemKey(identity.keyPem) },
  subject: "CN=test",
  trustAnchors: anchors
})

/** An authority with a server and a client identity. */
export const pki = Effect.promise(async () => {
  const ca = await makeCa("transport")
  const server = await ca.issue({ cn: "server", dns: ["localhost"], ip: ["127.0.0.1"], eku: "server" })
  const client = await ca.issue({ cn: "client", eku: "client" })
  return { ca, server, client }
})

export const address = (text: string): Address => {
  const parsed = parse(text)
  if (parsed._tag === "Failure") throw new Error(parsed.failure)
  return parsed.success
}

/** An address that can be dialled. */
export const target = (text: string): TcpAddress | UnixAddress => {
  const parsed = address(text)
  if (parsed._tag !== "Tcp" && parsed._tag !== "Unix") throw new Error(`${text} is no target`)
  return parsed
}

/** A deadline so many milliseconds from now; without a number one that no test reaches by accident. */
export const within = (millis = patience) => performance.now() + millis

/** A queue of values that tests wait for. */
export class Inbox<A> {
  readonly #values: Array<A> = []
  readonly #waiting: Array<(value: A) => void> = []

  readonly put = (value: A): void => {
    const next = this.#waiting.shift()
    if (next === undefined) this.#values.push(value)
    else next(value)
  }

  readonly take: Effect.Effect<A> = Effect.callback((resume) => {
    const value = this.#values.shift()
    if (value !== undefined) return resume(Effect.succeed(value))
    this.#waiting.push((later) => resume(Effect.succeed(later)))
  })

  get size(): number {
    return this.#values.length
  }
}

/** Listens and resumes; connections arrive in the inbox. */
export const listening = (text = "127.0.0.1:0") =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const raws = new Inbox<RawConnection>()
    const listener = yield* transport.listen({
      address: address(text),
      reusePort: false,
      admit: () => true,
      giveBack: () => {},
      onConnection: raws.put,
      onAcceptError: () => {}
    })
    listener.resume()
    return { listener, raws }
  })

/** Where a peer connects to reach a listener. */
export const endpoint = (listener: Listener): { port: number; host: string } | { path: string } => {
  const { address: text, network } = listener.bound
  if (network === "unix") return { path: text.startsWith("@") ? `\0${text.slice(1)}` : text }
  return { host: "127.0.0.1", port: Number(text.slice(text.lastIndexOf(":") + 1)) }
}

/** The port of a listener on TCP. */
export const portOf = (listener: Listener): number => Number(/\d+$/.exec(listener.bound.address)?.[0])

/** Resolves with the next event of that name. */
export const event = (
  emitter: { once: (name: string, run: (value?: unknown) => void) => unknown },
  name: string
): Effect.Effect<unknown> =>
  Effect.callback((resume) => void emitter.once(name, (value) => resume(Effect.succeed(value))))

/** A plain peer: connected, half-open allowed, its errors swallowed. */
export const plainPeer = (
  to: { port: number; host: string } | { path: string }
): Effect.Effect<Socket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = createConnection({ ...to, allowHalfOpen: true })
      socket.on("error", () => {})
      socket.once("connect", () => resume(Effect.succeed(socket)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

/** What became of a TLS peer's handshake. */
export interface TlsAttempt {
  readonly socket: TLSSocket
  /** What TLS runs on. */
  readonly raw: Socket
  /** Settles with the connection, or with the error that ended it. */
  readonly secured: Promise<Error | undefined>
}

/** A TLS client of Node's own, for our accepting side. */
export const tlsPeer = (
  to: { port: number; host: string } | { path: string },
  options: ConnectionOptions
): Effect.Effect<TlsAttempt, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const raw = createConnection({ ...to, allowHalfOpen: true })
      const socket = tlsConnect({ socket: raw, servername: "localhost", ...options })
      const secured = new Promise<Error | undefined>((done) => {
        socket.once("secureConnect", () => done(undefined))
        socket.once("error", done)
        socket.once("close", () => done(new Error("closed")))
      })
      socket.on("error", () => {})
      raw.on("error", () => {})
      return { socket, raw, secured }
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** A plain backend: its connections arrive in the inbox, unread. */
export const backend = (path?: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ server: Server; sockets: Inbox<Socket>; all: Set<Socket> }>((resume) => {
        const sockets = new Inbox<Socket>()
        const all = new Set<Socket>()
        const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
          socket.on("error", () => {})
          all.add(socket)
          sockets.put(socket)
        })
        const listening = () => resume(Effect.succeed({ server, sockets, all }))
        if (path === undefined) server.listen(0, "127.0.0.1", listening)
        else server.listen(path, listening)
      }),
      ({ all, server }) =>
        Effect.sync(() => {
          for (const socket of all) socket.destroy()
          server.close()
        })
    ),
    ({ server, sockets }) => {
      const bound = server.address()
      const port = typeof bound === "object" && bound !== null ? bound.port : 0
      return { sockets, target: target(path === undefined ? `127.0.0.1:${port}` : `unix:${path}`), port }
    }
  )

/** Reads until the peer's end, however it comes. */
export const readAll = (socket: Socket): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    const done = () => resume(Effect.succeed(Buffer.concat(chunks)))
    if (socket.destroyed || socket.readableEnded) return done()
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.once("end", done).once("close", done)
    socket.resume()
  })

/** Reads at least so many bytes, then pauses. */
export const readBytes = (socket: Socket, count: number): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size < count) return
      socket.off("data", onData).pause()
      resume(Effect.succeed(Buffer.concat(chunks)))
    }
    socket.on("data", onData).resume()
  })
