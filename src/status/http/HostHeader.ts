/** The `Host` header: whether it is well-formed, and whether a page of another site could have chosen it. Pure. */
import { isIP } from "node:net"

/** A well-formed `Host`: the host in lower case, an IPv6 address without brackets, and the port as it was written. */
export interface HostHeader {
  readonly host: string
  readonly port: string
}

/** Takes `HOST[:PORT]` apart (RFC 9110, section 7.2); undefined when it is malformed. The empty value is well-formed. */
export const parseHost = (text: string): HostHeader | undefined => {
  const [, address, name, port = ""] = /^(?:\[([^\]]*)\]|([\w!$%&'()*+,;=.~-]*))(?::(\d*))?$/.exec(text) ?? []
  if (address !== undefined) return isIP(address) === 6 ? { host: address.toLowerCase(), port } : undefined
  return name === undefined || Number(port) > 65_535 ? undefined : { host: name.toLowerCase(), port }
}

const withoutDot = (host: string): string => host.replace(/\.$/, "")

/**
 * Whether only a page of the status port itself can have been loaded under this host. An attacker can point any name in a
 * domain of their own here (DNS rebinding), but not a literal address, `localhost`, or a name that the operator configured.
 */
export const isTrusted = ({ host }: HostHeader, allowed: ReadonlySet<string>): boolean =>
  isIP(host) !== 0 || withoutDot(host) === "localhost" || allowed.has(withoutDot(host))
