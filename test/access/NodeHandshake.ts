/** Handshakes of Node's own TLS with itself, for what OpenSSL says of the peers. */
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { connect, createServer, type SecureVersion, type TLSSocket } from "node:tls"
import type { PresentedPeer } from "../../src/access/Verdict.ts"
import type { TestIdentity } from "../support/TestCa.ts"

const presentedBy = (socket: TLSSocket): PresentedPeer => {
  const chain: Array<Uint8Array> = []
  for (let next = socket.getPeerX509Certificate(); next !== undefined; next = next.issuerCertificate)
    chain.push(next.raw)
  const error: unknown = socket.authorizationError
  return { chain, chainError: socket.authorized ? undefined : String(error) }
}

/** Shakes hands, each side trusting this authority, and gives what each saw of the other. */
export const handshake = async (
  ca: string,
  server: TestIdentity,
  client: TestIdentity | undefined,
  version: SecureVersion
): Promise<{ readonly ofClient: PresentedPeer; readonly ofServer: PresentedPeer }> => {
  const limits = { ca, minVersion: version, maxVersion: version, rejectUnauthorized: false } as const
  const listener = createServer({ cert: server.chainPem, key: server.keyPem, requestCert: true, ...limits })
  const accepted = once(listener, "secureConnection")
  await once(listener.listen(0, "127.0.0.1"), "listening")
  const address: AddressInfo | string | null = listener.address()
  const port = typeof address === "object" ? (address?.port ?? 0) : 0
  const own = client === undefined ? {} : { cert: client.chainPem, key: client.keyPem }
  const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ...own, ...limits })
  await once(socket, "secureConnect")
  const [other]: Array<TLSSocket> = await accepted
  if (other === undefined) throw new Error("no connection")
  const seen = { ofClient: presentedBy(other), ofServer: presentedBy(socket) }
  socket.destroy()
  other.destroy()
  listener.close()
  return seen
}
