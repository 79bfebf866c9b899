/** `struct sockaddr` of the three families we speak (`<netinet/in.h>`, `<sys/un.h>`). Pure. */
import { Buffer } from "node:buffer"
import { isIPv4, isIPv6 } from "node:net"
import { networkInterfaces } from "node:os"
import { hostPort } from "../EndpointNames.ts"
import { Sock } from "./Layout.ts"

/** Longest `sockaddr` of ours. */
export const largest = 128

const offHeap = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes))

const groupsOf = (text: string): ReadonlyArray<number> =>
  text === ""
    ? []
    : text.split(":").flatMap((group) => {
        if (group.includes(".")) {
          const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number)
          return [(a << 8) | b, (c << 8) | d]
        }
        return [Number.parseInt(group, 16)]
      })

const scopeOf = (zone: string): number => {
  if (/^\d+$/.test(zone)) return Number(zone)
  const found = networkInterfaces()[zone]?.find((each) => each.family === "IPv6")
  return found !== undefined && "scopeid" in found ? (found.scopeid ?? 0) : 0
}

/** `sockaddr_in` or `sockaddr_in6`; undefined when the host is not an IP address. */
export const ipAddress = (host: string, port: number): Buffer | undefined => {
  if (isIPv4(host)) {
    const bytes = offHeap(16)
    bytes.writeUInt16LE(Sock.AF_INET, 0)
    bytes.writeUInt16BE(port, 2)
    host.split(".").forEach((part, index) => (bytes[4 + index] = Number(part)))
    return bytes
  }
  if (!isIPv6(host)) return undefined
  const [text = "", zone] = host.split("%")
  const [head = "", tail] = text.split("::")
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  const bytes = offHeap(28)
  bytes.writeUInt16LE(Sock.AF_INET6, 0)
  bytes.writeUInt16BE(port, 2)
  groups.forEach((group, index) => bytes.writeUInt16BE(group, 8 + 2 * index))
  bytes.writeUInt32LE(zone === undefined ? 0 : scopeOf(zone), 24)
  return bytes
}

/** `sockaddr_un` for a path, or for an abstract name written with a leading `@`; undefined when it does not fit. */
export const unixAddress = (path: string): Buffer | undefined => {
  const abstract = path.startsWith("@")
  const name = Buffer.from(abstract ? `\0${path.slice(1)}` : path)
  if (name.length === 0 || name.length > 107 || (!abstract && name.includes(0))) return undefined
  const bytes = offHeap(2 + name.length + (abstract ? 0 : 1))
  bytes.writeUInt16LE(Sock.AF_UNIX, 0)
  name.copy(bytes, 2)
  return bytes
}

const ipv6Text = (bytes: Buffer): string => {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(8 + 2 * index))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return Array.from(bytes.subarray(20, 24)).join(".")
  }
  // RFC 5952: the longest run of at least two zeros, the first of equals, becomes `::`.
  let best = 0
  let at = -1
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best && length > 1) [best, at] = [length, start]
  }
  const written = groups.map((group) => group.toString(16))
  const text = at < 0 ? written.join(":") : `${written.slice(0, at).join(":")}::${written.slice(at + best).join(":")}`
  const scope = bytes.readUInt32LE(24)
  return scope === 0 ? text : `${text}%${scope}`
}

/** What a `sockaddr` says. UNIX names as people write them; an unnamed one is `@`. */
export type Decoded =
  | { readonly network: "tcp"; readonly address: string; readonly wildcard: boolean }
  | { readonly network: "unix"; readonly address: string }

/** Reads a `sockaddr` of this length; undefined for families that are none of ours. */
export const decode = (bytes: Buffer, length: number): Decoded | undefined => {
  if (length < 2) return { network: "unix", address: "@" }
  const family = bytes.readUInt16LE(0)
  if (family === Sock.AF_INET && length >= 16) {
    const host = `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`
    return { network: "tcp", address: `${host}:${bytes.readUInt16BE(2)}`, wildcard: host === "0.0.0.0" }
  }
  if (family === Sock.AF_INET6 && length >= 28) {
    const host = ipv6Text(bytes)
    return { network: "tcp", address: hostPort(host, bytes.readUInt16BE(2)), wildcard: host === "::" }
  }
  if (family !== Sock.AF_UNIX) return undefined
  const name = bytes.subarray(2, length)
  if (name.length === 0) return { network: "unix", address: "@" }
  if (name[0] === 0) return { network: "unix", address: `@${name.subarray(1).toString()}` }
  const end = name.indexOf(0)
  return { network: "unix", address: name.subarray(0, end < 0 ? name.length : end).toString() }
}
