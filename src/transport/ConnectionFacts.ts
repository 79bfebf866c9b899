/** A connection as access decisions see it. */
import type { ConnectionFacts } from "../access/Verdict.ts"
import type { EndpointName, TlsFacts } from "./Transport.ts"

/** The ends of an address: `1.2.3.4:5`, `[::1]:5`. */
const endOf = ({ address, network }: EndpointName): Pick<ConnectionFacts, "remoteAddress" | "remotePort"> => {
  if (network === "unix") return { remoteAddress: address }
  const at = address.lastIndexOf(":")
  return { remoteAddress: address.slice(0, at).replace(/^\[|\]$/g, ""), remotePort: Number(address.slice(at + 1)) }
}

export const connectionFacts = (
  remote: EndpointName,
  { alpn, serverName, version }: Pick<TlsFacts, "version" | "serverName" | "alpn">
): ConnectionFacts => ({
  ...endOf(remote),
  serverName,
  alpn,
  tlsVersion: version === "TLS 1.3" ? "TLSv1.3" : "TLSv1.2"
})
