/** TLS clients held by tests, and what a TLS connection looks like from a test. */
import { connect as netConnect } from "node:net"
import { type ConnectionOptions, connect, type SecureVersion, type TLSSocket } from "node:tls"
import { type Endpoint, socketAddress } from "./Endpoint.ts"
import { Peer } from "./Peer.ts"
import type { Stage } from "./Stage.ts"
import type { TestCa, TestIdentity } from "./TestCa.ts"

export type TlsVersion = Extract<SecureVersion, "TLSv1.2" | "TLSv1.3">

/** A TLS connection whose handshake this end considers complete. */
export class TlsPeer extends Peer {
  readonly tls: TLSSocket

  constructor(socket: TLSSocket) {
    super(socket)
    this.tls = socket
  }

  /** Common name in the certificate the other side showed; undefined without one. */
  get peerName(): string | undefined {
    const name = this.tls.getPeerX509Certificate()?.subject
    return name
      ?.split("\n")
      .find((part) => part.startsWith("CN="))
      ?.slice(3)
  }
}

export interface TlsClientOptions {
  readonly to: Endpoint
  readonly ca: TestCa
  readonly identity?: TestIdentity | undefined
  readonly version?: TlsVersion | undefined
  /** Application protocols it offers. */
  readonly alpn?: ReadonlyArray<string> | undefined
  /** Whatever else Node's client can be told. */
  readonly settings?: ConnectionOptions
}

const open = (stage: Stage, options: TlsClientOptions): TLSSocket => {
  const versions = options.version ? { minVersion: options.version, maxVersion: options.version } : {}
  const identity = options.identity ? { cert: options.identity.chainPem, key: options.identity.keyPem } : {}
  const raw = netConnect({ ...socketAddress(options.to), allowHalfOpen: true })
  // The error also reaches the TLS socket, where it is recorded.
  raw.on("error", () => {})
  const socket = connect({
    socket: raw,
    servername: "localhost",
    ca: options.ca.certPem,
    ...versions,
    ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
    ...identity,
    ...options.settings
  })
  stage.defer(() => {
    socket.destroy()
    raw.destroy()
  })
  return socket
}

/** Completes with an established connection, fails when the handshake does. */
export const connectTls = async (stage: Stage, options: TlsClientOptions): Promise<TlsPeer> => {
  const socket = open(stage, options)
  const peer = new TlsPeer(socket)
  let secure = false
  socket.once("secureConnect", () => {
    secure = true
    peer.changes.notify()
  })
  await peer.changes.until(
    () => (secure || peer.closed ? true : undefined),
    () => `a handshake, have ${peer}`
  )
  if (!secure) throw new Error(`handshake failed: ${peer.error?.message ?? "closed"}`)
  return peer
}

/** What became of a client that the tunnel should turn away. */
export interface Attempt {
  /** This end believed the handshake to be complete (with TLS 1.3 it always does before it is refused). */
  readonly completed: boolean
  /** Everything the tunnel sent as application data. */
  readonly received: string
  readonly error: string | undefined
}

/** Tries to connect with `payload` in the same flight as the end of the handshake, and waits for the connection to end. */
export const attemptTls = async (stage: Stage, options: TlsClientOptions, payload: string): Promise<Attempt> => {
  const socket = open(stage, options)
  const peer = new TlsPeer(socket)
  let completed = false
  socket.once("secureConnect", () => {
    completed = true
  })
  socket.write(payload)
  await peer.eof()
  socket.destroy()
  await peer.close()
  return { completed, received: peer.text, error: peer.error?.message }
}
