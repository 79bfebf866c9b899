/** A TLS server behind a client tunnel that records what it sees. */
import type { Socket } from "node:net"
import { createServer, type TlsOptions } from "node:tls"
import { Changes } from "./Changes.ts"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"
import type { TestCa, TestIdentity } from "./TestCa.ts"
import { TlsPeer, type TlsVersion } from "./TlsClient.ts"

export interface TlsServerOptions {
  readonly identity: TestIdentity
  /** Verifies clients; they must present a certificate unless `optional`. */
  readonly ca: TestCa
  readonly optional?: boolean
  readonly version?: TlsVersion | undefined
  /** Whatever else Node's server can be told. */
  readonly settings?: TlsOptions
  /** Sends back what arrives. */
  readonly echo?: boolean
  /** An OCSP response for clients that ask for one. */
  readonly staple?: Buffer
  /** TCP without it. */
  readonly network?: Endpoint["network"] | undefined
  /** Where to listen instead of an address of its own. */
  readonly at?: Endpoint
  /** Application protocols it chooses from. */
  readonly alpn?: ReadonlyArray<string>
}

/** A TLS server that records what it sees. */
export class TlsServer {
  readonly endpoint: Endpoint
  /** TCP connections accepted. */
  accepted = 0
  /** Connections whose handshake succeeded from this end's point of view, oldest first. */
  readonly connections: Array<TlsPeer> = []
  /** Why handshakes failed, oldest first. */
  readonly failures: Array<string> = []
  /** Connections that are over. */
  finished = 0
  readonly changes = new Changes()

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }

  /** Waits for the connection of this number, the first being 0. */
  connection(index: number): Promise<TlsPeer> {
    return this.changes.until(
      () => this.connections[index],
      () => `TLS connection ${index}, have ${this.connections.length} and failures ${this.failures.join("; ")}`
    )
  }

  /** Waits until this many connections are over. */
  over(count: number): Promise<true> {
    return this.changes.until(
      () => (this.finished >= count ? true : undefined),
      () => `${count} finished connections, have ${this.finished}`
    )
  }
}

/** Starts a recording TLS server on an address of its own. */
export const tlsServer = async (stage: Stage, options: TlsServerOptions): Promise<TlsServer> => {
  const recorder = new TlsServer(options.at ?? (await stage.address(options.network ?? "tcp")))
  const versions = options.version ? { minVersion: options.version, maxVersion: options.version } : {}
  const sockets = new Set<Socket>()
  const server = createServer(
    {
      cert: options.identity.chainPem,
      key: options.identity.keyPem,
      ca: options.ca.certPem,
      requestCert: true,
      rejectUnauthorized: options.optional !== true,
      ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
      ...versions,
      ...options.settings
    },
    (socket) => {
      // Only now: a peer that leaves during the handshake would never be noticed otherwise.
      socket.allowHalfOpen = true
      const peer = new TlsPeer(socket)
      recorder.connections.push(peer)
      if (options.echo) {
        socket.on("data", (chunk: Buffer) => socket.write(chunk))
        socket.on("end", () => socket.end())
      }
      recorder.changes.notify()
    }
  )
  const { staple } = options
  if (staple !== undefined) {
    server.on("OCSPRequest", (_certificate, _issuer, answer: (error: Error | null, response: Buffer) => void) =>
      answer(null, staple)
    )
  }
  server.on("connection", (raw: Socket) => {
    sockets.add(raw)
    recorder.accepted += 1
    raw.once("close", () => {
      recorder.finished += 1
      recorder.changes.notify()
    })
    recorder.changes.notify()
  })
  server.on("tlsClientError", (error) => {
    recorder.failures.push(error.message)
    recorder.changes.notify()
  })
  await new Promise<void>((resolve) => {
    server.listen(socketAddress(recorder.endpoint), resolve)
  })
  stage.defer(() => {
    for (const socket of sockets) socket.destroy()
    for (const peer of recorder.connections) peer.destroy()
    return new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return recorder
}
