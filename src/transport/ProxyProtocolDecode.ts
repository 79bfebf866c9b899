/**
 * The PROXY protocol, version 2, as a receiver: the inverse of `ProxyProtocol`, for tests and for programs behind the
 * tunnel (haproxy's `proxy-protocol.txt`, sections 2.2 and 4). Pure, and total over any bytes; version 1 is refused.
 */
import { SocketAddress } from "node:net"
import { Result } from "effect"
import {
  families,
  fixedLength,
  type Header,
  type IpEndpoint,
  type SslValue,
  signature,
  type Tlv
} from "./ProxyProtocol.ts"

/** What the first bytes of a connection hold. */
export type Decoded =
  /** So far nothing is wrong; ask again with more. */
  | { readonly _tag: "Incomplete" }
  /** `rest` is the client's first bytes: a view of the bytes given. */
  | { readonly _tag: "Complete"; readonly header: Header; readonly rest: Uint8Array }

const incomplete: Result.Result<Decoded, string> = Result.succeed({ _tag: "Incomplete" })

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** TLVs that fill these bytes exactly (`proxy-protocol.txt`, section 2.2.7). */
const readTlvs = (bytes: Uint8Array): Result.Result<ReadonlyArray<Tlv>, string> => {
  const view = viewOf(bytes)
  const tlvs: Array<Tlv> = []
  let at = 0
  while (at < bytes.length) {
    const end = at + 3 <= bytes.length ? at + 3 + view.getUint16(at + 1) : Number.POSITIVE_INFINITY
    if (end > bytes.length) return Result.fail("a TLV reaches beyond its end")
    tlvs.push({ type: view.getUint8(at), value: bytes.slice(at + 3, end) })
    at = end
  }
  return Result.succeed(tlvs)
}

/** The value of the TLV `ssl`, type 0x20 (`proxy-protocol.txt`, section 2.2.5). */
export const decodeSsl = (value: Uint8Array): Result.Result<SslValue, string> => {
  if (value.length < 5) return Result.fail("TLV 0x20 is too short")
  const view = viewOf(value)
  return Result.map(readTlvs(value.subarray(5)), (tlvs) => ({
    flags: view.getUint8(0),
    verify: view.getUint32(1),
    tlvs
  }))
}

const hostOf = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join(".")
  const groups = Array.from({ length: 8 }, (_, index) =>
    viewOf(bytes)
      .getUint16(2 * index)
      .toString(16)
  )
  return new SocketAddress({ address: groups.join(":"), family: "ipv6" }).address
}

const readIp = (block: Uint8Array, size: 4 | 16): { readonly source: IpEndpoint; readonly destination: IpEndpoint } => {
  const end = (index: 0 | 1) => ({
    host: hostOf(block.subarray(index * size, (index + 1) * size)),
    port: viewOf(block).getUint16(2 * size + 2 * index)
  })
  return { source: end(0), destination: end(1) }
}

const readPath = (field: Uint8Array): string =>
  Buffer.from(field.subarray(0, field.findLastIndex((byte) => byte !== 0) + 1)).toString()

const readAddresses = (family: number, block: Uint8Array): Result.Result<Header, string> => {
  // Whatever an unspecified family brings along is to be skipped.
  if (family === 0) return Result.succeed({ _tag: "Unspecified" })
  const _tag = (["Tcp4", "Tcp6", "Unix"] as const).find((name) => families[name].code === family)
  if (_tag === undefined) return Result.fail(`unsupported family 0x${family.toString(16)}`)
  const { addresses } = families[_tag]
  if (block.length < addresses) return Result.fail(`length ${block.length} is too short for the addresses`)
  return Result.map(readTlvs(block.subarray(addresses)), (tlvs) =>
    _tag === "Unix"
      ? { _tag, source: readPath(block.subarray(0, 108)), destination: readPath(block.subarray(108, 216)), tlvs }
      : { _tag, ...readIp(block, _tag === "Tcp4" ? 4 : 16), tlvs }
  )
}

/** Reads a header from the first bytes of a connection. Fails as soon as they cannot be one. */
export const decode = (bytes: Uint8Array): Result.Result<Decoded, string> => {
  const [command, family = 0] = bytes.subarray(signature.length)
  if (bytes.subarray(0, signature.length).some((byte, index) => byte !== signature[index])) {
    return Result.fail("not a PROXY protocol v2 header")
  }
  if (command === undefined) return incomplete
  if (command >> 4 !== 2) return Result.fail(`unsupported version ${command >> 4}`)
  if ((command & 0xf) > 1) return Result.fail(`unsupported command ${command & 0xf}`)
  if (bytes.length < fixedLength) return incomplete
  const end = fixedLength + viewOf(bytes).getUint16(14)
  if (bytes.length < end) return incomplete
  const local = (command & 0xf) === 0
  const header = local
    ? Result.succeed({ _tag: "Local" as const })
    : readAddresses(family, bytes.subarray(fixedLength, end))
  return Result.map(header, (header) => ({ _tag: "Complete", header, rest: bytes.subarray(end) }))
}
