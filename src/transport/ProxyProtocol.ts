/**
 * The PROXY protocol, version 2, as a sender: tells the backend who the client is (docs/compatibility/command-line.md, 8.6;
 * haproxy's `proxy-protocol.txt`, section 2.2). Pure; `ProxyProtocolDecode` is its inverse.
 */
import { isIPv4, isIPv6 } from "node:net"
import { Result } from "effect"
import { splitHostPort } from "../config/Address.ts"
import type { EndpointName, TlsFacts } from "./Transport.ts"

/** How much a header tells: the two ends, also the TLS session, also the client's certificate (section 8.6). */
export type ProxyProtocolMode = "conn" | "tls" | "tls-full"

/** Type-length-value (`proxy-protocol.txt`, section 2.2.7). */
export interface Tlv {
  readonly type: number
  readonly value: Uint8Array
}

/** One TCP end: an address without brackets and zone, and a port. */
export interface IpEndpoint {
  readonly host: string
  readonly port: number
}

interface Ends<Tag extends string, End> {
  readonly _tag: Tag
  readonly source: End
  readonly destination: End
  readonly tlvs: ReadonlyArray<Tlv>
}

/** What a header can say about a stream (`proxy-protocol.txt`, section 2.2). */
export type Header =
  | Ends<"Tcp4", IpEndpoint>
  | Ends<"Tcp6", IpEndpoint>
  /** Paths; an abstract or missing name as its text, `@name` and `@`. */
  | Ends<"Unix", string>
  /** The sender speaks for itself (health checks); the receiver takes the connection's own ends. */
  | { readonly _tag: "Local" }
  /** A proxied connection whose addresses are unknown. */
  | { readonly _tag: "Unspecified" }

/** The value of the TLV `ssl` (`proxy-protocol.txt`, section 2.2.5). */
export interface SslValue {
  /** Bits of `SslFlag`. */
  readonly flags: number
  /** 0: the client's certificate was verified. */
  readonly verify: number
  readonly tlvs: ReadonlyArray<Tlv>
}

/** What a header is made of, in the seam's terms (section 8.6). */
export interface HeaderFacts {
  readonly client: EndpointName
  /** Where the client's connection was accepted; a UNIX listener's path as it was given. */
  readonly local: EndpointName
  readonly tls: TlsFacts | undefined
  /** Of the leaf certificate's subject; empty when it has none or there is no certificate. */
  readonly commonName: string
}

/** What every header begins with. */
export const signature: Uint8Array = Uint8Array.from([13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10])

/** Bytes before the addresses: signature, version and command, family, length. */
export const fixedLength = 16

/** The family byte and the size of the addresses of every kind of connection we can name. */
export const families = {
  Tcp4: { code: 0x11, addresses: 12 },
  Tcp6: { code: 0x21, addresses: 36 },
  Unix: { code: 0x31, addresses: 216 }
} as const

/** Types of TLVs, those inside of `ssl` too. */
export const TlvType = {
  alpn: 0x01,
  authority: 0x02,
  ssl: 0x20,
  sslVersion: 0x21,
  sslCommonName: 0x22,
  sslClientCertificate: 0x28
} as const

/** The client speaks TLS; it showed a certificate on this connection; and in this session. */
export const SslFlag = { tls: 0x01, certificateOnConnection: 0x02, certificateInSession: 0x04 } as const

const pathSize = 108
const largest = 0xffff
const tooLong = (what: string, length: number) => Result.fail(`${what} of ${length} bytes is longer than ${largest}`)

const hexGroups = (text: string): ReadonlyArray<number> =>
  text === ""
    ? []
    : text.split(":").flatMap((group) => {
        if (group.includes(".")) return group.split(".").map(Number)
        const value = Number.parseInt(group, 16)
        return [value >> 8, value & 0xff]
      })

/** The 4 or 16 bytes of an IP address; undefined for any other text, an IPv6 zone included. */
export const ipBytes = (text: string): Uint8Array | undefined => {
  if (isIPv4(text)) return Uint8Array.from(text.split(".").map(Number))
  if (!isIPv6(text) || text.includes("%")) return undefined
  const [head = "", tail = ""] = text.split("::")
  const back = hexGroups(tail)
  const bytes = new Uint8Array(16)
  bytes.set(hexGroups(head))
  bytes.set(back, 16 - back.length)
  return bytes
}

/** The IPv4 address inside of an IPv4-mapped one (RFC 4291, section 2.5.5.2); undefined for all other bytes. */
export const unmapped = (bytes: Uint8Array): Uint8Array | undefined => {
  const mapped = bytes.length === 16 && bytes.subarray(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 0xff))
  return mapped ? bytes.subarray(12) : undefined
}

const tlvsLength = (tlvs: ReadonlyArray<Tlv>): number => tlvs.reduce((sum, { value }) => sum + 3 + value.length, 0)

/** Writes them behind each other; all fit. */
const writeTlvs = (view: DataView, bytes: Uint8Array, at: number, tlvs: ReadonlyArray<Tlv>): void => {
  let offset = at
  for (const { type, value } of tlvs) {
    view.setUint8(offset, type)
    view.setUint16(offset + 1, value.length)
    bytes.set(value, offset + 3)
    offset += 3 + value.length
  }
}

const writeIp = (view: DataView, bytes: Uint8Array, size: 4 | 16, source: IpEndpoint, destination: IpEndpoint) => {
  for (const [index, { host, port }] of [source, destination].entries()) {
    const address = ipBytes(host)
    if (address?.length !== size) return Result.fail(`${host} is not an IPv${size === 4 ? 4 : 6} address`)
    if (!Number.isInteger(port) || port < 0 || port > largest) return Result.fail(`${port} is not a port`)
    bytes.set(address, fixedLength + index * size)
    view.setUint16(fixedLength + 2 * size + 2 * index, port)
  }
  return Result.void
}

const writePaths = (bytes: Uint8Array, source: string, destination: string) => {
  for (const [index, path] of [source, destination].entries()) {
    bytes.set(Buffer.from(path).subarray(0, pathSize), fixedLength + index * pathSize)
  }
  return Result.void
}

const blank = (command: number, family: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(fixedLength + length)
  bytes.set(signature)
  bytes.set([0x20 | command, family, length >> 8, length & 0xff], signature.length)
  return bytes
}

/**
 * The header's bytes, to be sent as one write before anything else (section 8.6). Paths beyond 108 bytes are cut, as
 * the format wants it. Failures are the tail of `error building proxy header: ..`.
 */
export const encode = (header: Header): Result.Result<Uint8Array, string> => {
  if (header._tag === "Local") return Result.succeed(blank(0, 0, 0))
  if (header._tag === "Unspecified") return Result.succeed(blank(1, 0, 0))
  const { code, addresses } = families[header._tag]
  const oversize = header.tlvs.find(({ value }) => value.length > largest)
  if (oversize !== undefined) return tooLong(`TLV 0x${oversize.type.toString(16)}`, oversize.value.length)
  const length = addresses + tlvsLength(header.tlvs)
  if (length > largest) return tooLong("header", length)
  const bytes = blank(1, code, length)
  const view = new DataView(bytes.buffer)
  writeTlvs(view, bytes, fixedLength + addresses, header.tlvs)
  const written =
    header._tag === "Unix"
      ? writePaths(bytes, header.source, header.destination)
      : writeIp(view, bytes, header._tag === "Tcp4" ? 4 : 16, header.source, header.destination)
  return Result.map(written, () => bytes)
}

/** The value of the TLV `ssl`: flags, verification result, TLVs (`proxy-protocol.txt`, section 2.2.5). */
export const encodeSsl = ({ flags, tlvs, verify }: SslValue): Result.Result<Uint8Array, string> => {
  const length = 5 + tlvsLength(tlvs)
  if (length > largest) return tooLong("TLV 0x20", length)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, flags)
  view.setUint32(1, verify)
  writeTlvs(view, bytes, 5, tlvs)
  return Result.succeed(bytes)
}

const text = (type: number, value: string | undefined): ReadonlyArray<Tlv> =>
  value === undefined || value === "" ? [] : [{ type, value: Buffer.from(value) }]

const tlvsFor = (mode: ProxyProtocolMode, facts: HeaderFacts): Result.Result<ReadonlyArray<Tlv>, string> => {
  const { commonName, tls } = facts
  if (mode === "conn") return Result.succeed([])
  if (tls === undefined) return Result.fail("nothing is known about TLS")
  const leaf = mode === "tls-full" ? tls.peerChain[0] : undefined
  const shown = SslFlag.certificateOnConnection | SslFlag.certificateInSession
  const ssl = encodeSsl({
    flags: leaf === undefined ? SslFlag.tls : SslFlag.tls | shown,
    verify: 0,
    tlvs: [
      ...text(TlvType.sslVersion, tls.version),
      ...(leaf === undefined ? [] : text(TlvType.sslCommonName, commonName)),
      ...(leaf === undefined ? [] : [{ type: TlvType.sslClientCertificate, value: leaf }])
    ]
  })
  return Result.map(ssl, (value) => [
    ...text(TlvType.alpn, tls.alpn),
    ...text(TlvType.authority, tls.serverName),
    { type: TlvType.ssl, value }
  ])
}

const ipEndpoint = ({ address }: EndpointName): Result.Result<IpEndpoint, string> =>
  Result.map(splitHostPort(address), ([host, port]) => {
    const plain = host.replace(/%.*$/, "")
    const inner = unmapped(ipBytes(plain) ?? new Uint8Array())
    return { host: inner === undefined ? plain : inner.join("."), port: Number(port) }
  })

/** The header for an accepted connection; the client's address decides on the family, IPv4-mapped is IPv4 (section 8.6). */
export const headerFor = (mode: ProxyProtocolMode, facts: HeaderFacts): Result.Result<Header, string> =>
  Result.flatMap(tlvsFor(mode, facts), (tlvs): Result.Result<Header, string> => {
    const { client, local } = facts
    if (client.network !== local.network) return Result.fail(`${client.network} client of a ${local.network} listener`)
    if (client.network === "unix") {
      return Result.succeed({ _tag: "Unix", source: client.address, destination: local.address, tlvs })
    }
    return Result.flatMap(ipEndpoint(client), (source) =>
      Result.map(ipEndpoint(local), (destination) => {
        const _tag = source.host.includes(":") ? ("Tcp6" as const) : ("Tcp4" as const)
        return { _tag, source, destination, tlvs }
      })
    )
  })
