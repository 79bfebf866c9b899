/** Handshakes of Node's own TLS with itself, and what our judges hear of the peers. */
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { connect, createServer, type SecureVersion, type TLSSocket } from "node:tls"
import type { PresentedPeer } from "../../src/access/Verdict.ts"
import { judgePeer } from "../../src/transport/node/PeerVerdict.ts"
import type { TestIdentity } from "../support/TestCa.ts"

/** What the judge of a tunnel would be asked. */
const presentedBy = (socket: TLSSocket): PresentedPeer => {
  const asked: Array<PresentedPeer> = []
  judgePeer(
    socket,
    (peer) => {
      asked.push(peer)
      return { _tag: "Refused", reason: "acl", message: "only asked" }
    },
    true
  )
  const [peer] = asked
  if (peer === undefined) throw new Error("the judge was not asked")
  return peer
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
  const [[other]]: [Array<TLSSocket>, ...ReadonlyArray<unknown>] = await Promise.all([
    accepted,
    once(socket, "secureConnect")
  ])
  if (other === undefined) throw new Error("no connection")
  const seen = { ofClient: presentedBy(other), ofServer: presentedBy(socket) }
  socket.destroy()
  other.destroy()
  listener.close()
  return seen
}
