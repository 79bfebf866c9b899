/** The PROXY protocol, version 2 (docs/compatibility/command-line.md, 8.6). */
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  encode,
  encodeSsl,
  type Header,
  type HeaderFacts,
  headerFor,
  ipBytes,
  type ProxyProtocolMode,
  type Tlv
} from "../../src/transport/ProxyProtocol.ts"
import { decode, decodeSsl } from "../../src/transport/ProxyProtocolDecode.ts"
import type { TlsFacts } from "../../src/transport/Transport.ts"

const tls: TlsFacts = {
  version: "TLS 1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  group: undefined,
  serverName: "localhost",
  alpn: undefined,
  peerChain: []
}
const leaf = Uint8Array.from([0x30, 3, 2, 1, 7])
const tcp = (address: string) => ({ network: "tcp" as const, address })
const unix = (address: string) => ({ network: "unix" as const, address })
const v4: HeaderFacts = { client: tcp("1.2.3.4:5"), local: tcp("127.0.0.1:443"), tls, commonName: "" }
const v6: HeaderFacts = { ...v4, client: tcp("[2001:db8::1]:65535"), local: tcp("[::1]:443") }
const path: HeaderFacts = { ...v4, client: unix("@"), local: unix("/run/a.sock") }
const full: HeaderFacts = { ...v4, tls: { ...tls, peerChain: [leaf, Uint8Array.from([1])] }, commonName: "client ü" }

const build = (mode: ProxyProtocolMode, facts: HeaderFacts) => Result.flatMap(headerFor(mode, facts), encode)
const bytes = (mode: ProxyProtocolMode, facts: HeaderFacts) => Result.getOrThrow(build(mode, facts))
const hex = (mode: ProxyProtocolMode, facts: HeaderFacts) => Buffer.from(bytes(mode, facts)).toString("hex")
const failure = <A>(result: Result.Result<A, string>) => (Result.isFailure(result) ? result.failure : "succeeded")
const ascii = (text: string) => Buffer.from(text).toString("hex")
const complete = (input: Uint8Array) => {
  const decoded = Result.getOrThrow(decode(input))
  if (decoded._tag === "Incomplete") throw new Error("incomplete")
  return decoded
}

const start = "0d0a0d0a000d0a515549540a21"
const ends4 = "01020304 7f000001 0005 01bb".replaceAll(" ", "")
const authority = `020009${ascii("localhost")}`
const sslPlain = `20000f 01 00000000 210007 ${ascii("TLS 1.3")}`.replaceAll(" ", "")

describe("8.6 bytes", () => {
  it.each([
    ["conn over IPv4", "conn", v4, 28, `${start}11000c${ends4}`],
    ["tls over IPv4", "tls", v4, 58, `${start}11002a${ends4}${authority}${sslPlain}`],
    ["tls-full without a certificate", "tls-full", v4, 58, `${start}11002a${ends4}${authority}${sslPlain}`],
    ["tls with a certificate it does not tell of", "tls", full, 58, `${start}11002a${ends4}${authority}${sslPlain}`],
    [
      "tls without a name",
      "tls",
      { ...v4, tls: { ...tls, serverName: undefined, version: "TLS 1.2" } },
      46,
      `${start}11001e${ends4}20000f0100000000210007${ascii("TLS 1.2")}`
    ],
    [
      "tls with a protocol",
      "tls",
      { ...v4, tls: { ...tls, alpn: "h2" } },
      63,
      `${start}11002f${ends4}010002${ascii("h2")}${authority}${sslPlain}`
    ],
    [
      "tls-full",
      "tls-full",
      full,
      78,
      `${start}11003e${ends4}${authority}200023 07 00000000 210007${ascii("TLS 1.3")} 220009${ascii("client ü")} 280005 ${Buffer.from(leaf).toString("hex")}`.replaceAll(
        " ",
        ""
      )
    ],
    [
      "tls-full without a common name",
      "tls-full",
      { ...full, commonName: "" },
      66,
      `${start}110032${ends4}${authority}2000170700000000210007${ascii("TLS 1.3")}280005${Buffer.from(leaf).toString("hex")}`
    ],
    ["conn over IPv6", "conn", v6, 52, `${start}21002420010db8000000000000000000000001${"0".repeat(31)}1ffff01bb`],
    [
      "conn over UNIX",
      "conn",
      path,
      232,
      `${start}3100d8${ascii("@").padEnd(216, "0")}${ascii("/run/a.sock").padEnd(216, "0")}`
    ],
    [
      "tls over UNIX, its length right",
      "tls",
      path,
      262,
      `${start}3100f6${ascii("@").padEnd(216, "0")}${ascii("/run/a.sock").padEnd(216, "0")}${authority}${sslPlain}`
    ]
  ] as const)("%s", (_, mode, facts, size, expected) => {
    expect(hex(mode, facts)).toBe(expected)
    expect(bytes(mode, facts).length).toBe(size)
    expect(complete(bytes(mode, facts)).rest.length).toBe(0)
  })
  it.each([
    ["[::ffff:1.2.3.4]:5", "127.0.0.1:443"],
    ["1.2.3.4:5", "[::ffff:127.0.0.1]:443"],
    ["[::ffff:102:304]:5", "[::FFFF:7f00:1]:443"]
  ])("takes the IPv4-mapped %s to %s for IPv4", (client, local) => {
    expect(hex("conn", { ...v4, client: tcp(client), local: tcp(local) })).toBe(`${start}11000c${ends4}`)
  })
  it("leaves zones out", () => {
    const zoned = { ...v6, client: tcp("[2001:db8::1%eth0]:65535") }
    expect(hex("conn", zoned)).toBe(hex("conn", v6))
  })
  it("cuts a path at 108 bytes", () => {
    const long = { ...path, client: unix("ü".repeat(60)), local: unix("x".repeat(200)) }
    expect(hex("conn", long)).toBe(`${start}3100d8${"c3bc".repeat(54)}${"78".repeat(108)}`)
  })
})

describe("8.6 what cannot be told", () => {
  const huge = new Uint8Array(65_536)
  it.each([
    ["conn", { ...v4, client: tcp("nonsense") }, "address nonsense: missing port in address"],
    ["conn", { ...v4, client: tcp("host:1") }, "host is not an IPv4 address"],
    ["conn", { ...v4, client: tcp("1.2.3.4:"), local: tcp("1.2.3.4:x") }, "NaN is not a port"],
    ["conn", { ...v4, local: tcp("[::1]:443") }, "::1 is not an IPv4 address"],
    ["conn", { ...v6, local: tcp("1.2.3.4:443") }, "1.2.3.4 is not an IPv6 address"],
    ["conn", { ...v4, client: tcp("1.2.3.4:65536") }, "65536 is not a port"],
    ["conn", { ...v4, local: unix("/x") }, "tcp client of a unix listener"],
    ["tls", { ...v4, tls: undefined }, "nothing is known about TLS"],
    ["tls", { ...v4, tls: { ...tls, serverName: "x".repeat(65_536) } }, "TLV 0x2 of 65536 bytes is longer than 65535"],
    ["tls", { ...v4, tls: { ...tls, serverName: "x".repeat(65_520) } }, "header of 65553 bytes is longer than 65535"],
    ["tls-full", { ...full, tls: { ...tls, peerChain: [huge] } }, "TLV 0x20 of 65566 bytes is longer than 65535"]
  ] as const)("%s %#", (mode, facts, expected) => {
    expect(failure(build(mode, facts))).toBe(expected)
  })
  it("fills a header to the last byte and no further", () => {
    const sized = (length: number) => build("tls", { ...v4, tls: { ...tls, serverName: "x".repeat(length) } })
    const largest = Result.getOrThrow(sized(65_535 - 12 - 18 - 3))
    expect(largest.length).toBe(16 + 65_535)
    expect(complete(largest).rest.length).toBe(0)
    expect(failure(sized(65_535 - 12 - 18 - 2))).toBe("header of 65536 bytes is longer than 65535")
  })
})

const tlv: fc.Arbitrary<Tlv> = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  value: fc.uint8Array({ maxLength: 40 })
})
const tlvs = fc.array(tlv, { maxLength: 6 })
const port = fc.integer({ min: 0, max: 65_535 })
const ends = <Tag extends "Tcp4" | "Tcp6">(_tag: Tag, host: fc.Arbitrary<string>) => {
  const end = fc.record({ host, port })
  return fc.record({ _tag: fc.constant(_tag), source: end, destination: end, tlvs })
}
const socketPath = fc
  .string({ unit: "grapheme", maxLength: 108 })
  .filter((text) => Buffer.from(text).length <= 108 && !text.endsWith("\0"))
const header: fc.Arbitrary<Header> = fc.oneof(
  ends("Tcp4", fc.ipV4()),
  ends("Tcp6", fc.ipV6()),
  fc.record({ _tag: fc.constant("Unix" as const), source: socketPath, destination: socketPath, tlvs }),
  fc.constant({ _tag: "Local" as const }),
  fc.constant({ _tag: "Unspecified" as const })
)
const encoded = header.map((value) => Result.getOrThrow(encode(value)))

/** The same header with its addresses as bytes: an IPv6 address has many texts. */
const comparable = (value: Header) =>
  value._tag === "Tcp6"
    ? {
        ...value,
        source: [...(ipBytes(value.source.host) ?? []), value.source.port],
        destination: [...(ipBytes(value.destination.host) ?? []), value.destination.port]
      }
    : value

describe("encoder and decoder", () => {
  it("are each other's inverse", () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 30 }), (value, payload) => {
        const sent = Result.getOrThrow(encode(value))
        const decoded = complete(Uint8Array.from([...sent, ...payload]))
        expect(comparable(decoded.header)).toEqual(comparable(value))
        expect([...decoded.rest]).toEqual([...payload])
        expect(Result.getOrThrow(encode(decoded.header))).toEqual(sent)
      }),
      { numRuns: 2_000 }
    )
  })
  it("are each other's inverse for the SSL value", () => {
    const value = fc.record({ flags: fc.integer({ min: 0, max: 255 }), verify: fc.nat(0xffff_ffff), tlvs })
    fc.assert(
      fc.property(value, (ssl) => {
        expect(Result.getOrThrow(decodeSsl(Result.getOrThrow(encodeSsl(ssl))))).toEqual(ssl)
      })
    )
  })
  it("call every shorter piece incomplete", () => {
    fc.assert(
      fc.property(encoded, fc.nat(), (sent, cut) => {
        expect(decode(sent.subarray(0, cut % sent.length))).toEqual(Result.succeed({ _tag: "Incomplete" }))
      })
    )
  })
  it("never throw and never read beyond the length, whatever the bytes", () => {
    const change = fc.record({ at: fc.nat(300), to: fc.nat(255) })
    const mutated = fc.tuple(encoded, fc.array(change, { maxLength: 4 })).map(([sent, changes]) => {
      const copy = sent.slice()
      for (const { at, to } of changes) copy[at % copy.length] = to
      return copy
    })
    const signed = fc
      .uint8Array({ maxLength: 80 })
      .map((tail) => Uint8Array.from([...Buffer.from(start, "hex"), ...tail]))
    fc.assert(
      fc.property(fc.oneof(mutated, signed, fc.uint8Array()), (input) => {
        const decoded = decode(input)
        if (Result.isFailure(decoded) || decoded.success._tag === "Incomplete") return
        const length = new DataView(input.buffer, input.byteOffset).getUint16(14)
        expect(decoded.success.rest.length).toBe(input.length - 16 - length)
        expect(Result.isSuccess(encode(decoded.success.header))).toBe(true)
      }),
      { numRuns: 5_000 }
    )
    fc.assert(fc.property(fc.uint8Array(), (input) => void decodeSsl(input)))
  })
})

describe("the decoder", () => {
  const decodeHex = (text: string) => decode(Buffer.from(text.replaceAll(" ", ""), "hex"))
  it.each([
    ["47", "not a PROXY protocol v2 header"],
    [ascii("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), "not a PROXY protocol v2 header"],
    ["0d0a0d0a000d0a515549540a11", "unsupported version 1"],
    ["0d0a0d0a000d0a515549540a22", "unsupported command 2"],
    [`${start}12000c${ends4}`, "unsupported family 0x12"],
    [`${start}11000b${ends4}`, "length 11 is too short for the addresses"],
    [`${start}11000e${ends4}0100`, "a TLV reaches beyond its end"],
    [`${start}110010${ends4}01000200`, "a TLV reaches beyond its end"]
  ])("refuses %s", (input, expected) => {
    expect(failure(decodeHex(input))).toBe(expected)
  })
  it("skips what it is not to read", () => {
    const rest = Buffer.from([9])
    expect(decodeHex("0d0a0d0a000d0a515549540a 20 ff 0002 aabb 09")).toEqual(
      Result.succeed({ _tag: "Complete", header: { _tag: "Local" }, rest })
    )
    expect(decodeHex(`${start} 00 0002 aabb 09`)).toEqual(
      Result.succeed({ _tag: "Complete", header: { _tag: "Unspecified" }, rest })
    )
  })
  it.each(["", "00", "01000000"])("refuses the SSL value %s", (input) => {
    expect(failure(decodeSsl(Buffer.from(input, "hex")))).toBe("TLV 0x20 is too short")
  })
})
