import { isIPv6 } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { decode, ipAddress, unixAddress } from "../../../src/transport/native/SockAddr.ts"

const roundTrip = (host: string, port: number) => {
  const bytes = ipAddress(host, port)
  assert.isDefined(bytes)
  return decode(bytes, bytes.length)
}

/** What the URL parser makes of an IPv6 address: RFC 5952. */
const canonical = (host: string): string => new URL(`http://[${host}]/`).hostname

describe("socket addresses", () => {
  it("carry every IPv4 address and port", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        assert.deepInclude(roundTrip(host, port), { network: "tcp", address: `${host}:${port}` })
      })
    )
  })

  it("carry every IPv6 address and port, written as RFC 5952 wants it", () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        const decoded = roundTrip(host, port)
        const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(canonical(host))
        if (mapped === null) assert.strictEqual(decoded?.address, `${canonical(host)}:${port}`)
        else assert.match(decoded?.address ?? "", /^\d+\.\d+\.\d+\.\d+:\d+$/)
      })
    )
  })

  it("lie in memory as the kernel wants them", () => {
    assert.strictEqual(ipAddress("127.0.0.1", 8443)?.toString("hex"), "020020fb7f0000010000000000000000")
    assert.strictEqual(
      ipAddress("fe80::1%7", 1)?.toString("hex"),
      "0a00000100000000fe80000000000000000000000000000107000000"
    )
    assert.strictEqual(unixAddress("/run/x")?.toString("hex"), "01002f72756e2f7800")
    assert.strictEqual(unixAddress("@x")?.toString("hex"), "01000078")
  })

  it("know wildcards and mapped addresses", () => {
    assert.deepInclude(roundTrip("0.0.0.0", 1), { wildcard: true })
    assert.deepInclude(roundTrip("::", 1), { wildcard: true, address: "[::]:1" })
    assert.deepInclude(roundTrip("::1", 1), { wildcard: false, address: "[::1]:1" })
    assert.deepInclude(roundTrip("::ffff:1.2.3.4", 1), { address: "1.2.3.4:1" })
  })

  it("name UNIX sockets as people write them", () => {
    for (const path of ["/run/x.sock", "relative", "@abstract"]) {
      const bytes = unixAddress(path)
      assert.isDefined(bytes)
      assert.deepStrictEqual(decode(bytes, bytes.length), { network: "unix", address: path })
    }
    assert.deepStrictEqual(decode(Buffer.from([1, 0]), 2), { network: "unix", address: "@" })
    assert.deepStrictEqual(decode(Buffer.alloc(0), 0), { network: "unix", address: "@" })
  })

  it("refuse what is none", () => {
    assert.isUndefined(unixAddress(""))
    assert.isUndefined(unixAddress("a\0b"))
    assert.isUndefined(unixAddress(`/${"x".repeat(107)}`))
    assert.isDefined(unixAddress(`/${"x".repeat(106)}`))
    for (const host of ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "1::2::3"]) assert.isUndefined(ipAddress(host, 1))
    fc.assert(
      fc.property(fc.string(), (host) => {
        if (isIPv6(host) || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return
        assert.isUndefined(ipAddress(host, 1))
      })
    )
  })

  it("are not read beyond their length, nor in families that are none of ours", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 128 }), fc.integer({ min: 0, max: 128 }), (raw, length) => {
        const decoded = decode(Buffer.from(raw), Math.min(length, raw.length))
        assert.isTrue(decoded === undefined || decoded.network === "tcp" || decoded.network === "unix")
      })
    )
  })
})
