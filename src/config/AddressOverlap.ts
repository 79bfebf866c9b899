/** Whether two addresses conflict as listening addresses. Pure, except for the working directory of relative socket paths. */
import { isIP, isIPv4 } from "node:net"
import { resolve } from "node:path"
import type { Address } from "./Address.ts"

/** The address in the kernel's form: IPv6 shortened, IPv4-mapped IPv6 as IPv4, a name in lower case. */
const plainHost = (host: string): string => {
  if (host === "") return "0.0.0.0"
  const address = host.replace(/%.*$/, "")
  if (isIP(address) !== 6) return host.toLowerCase().replace(/\.$/, "")
  const short = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? address
  const [, high = "", low = ""] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? []
  if (high === "") return short
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join(".")
}

/** Whether a socket bound to one host receives connections to the other. Names other than `localhost` are not looked up. */
const hostsOverlap = (one: string, other: string): boolean => {
  if (one === other || one === "::" || other === "::") return true
  const [v4, localhost] = [isIPv4(one) || isIPv4(other), one === "localhost" || other === "localhost"]
  if (one === "0.0.0.0" || other === "0.0.0.0") return localhost || (isIPv4(one) && isIPv4(other))
  if (!localhost) return false
  const address = one === "localhost" ? other : one
  return v4 ? address === "127.0.0.1" : address === "::1"
}

const socketPath = (path: string): string => (path.startsWith("@") ? path : resolve(path))

/** Whether listening on both would conflict. Port 0 never conflicts. */
export const overlap = (one: Address, other: Address): boolean => {
  if (one._tag === "Tcp" && other._tag === "Tcp") {
    return one.port !== 0 && one.port === other.port && hostsOverlap(plainHost(one.host), plainHost(other.host))
  }
  return one._tag === "Unix" && other._tag === "Unix" && socketPath(one.path) === socketPath(other.path)
}

/** The message that refuses a status port on the tunnel's own listen address; undefined if they differ. */
export const sharedAddress = (listen: Address, status: Address): string | undefined =>
  overlap(listen, status)
    ? `--status and --listen must not share an address: ${status.text} and ${listen.text} are the same ${status._tag === "Unix" ? "socket" : "port"}; give --status another one`
    : undefined
