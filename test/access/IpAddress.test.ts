import { SocketAddress } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { canonicalIpAddress, formatIpAddress } from "../../src/access/IpAddress.ts"

describe("IpAddress", () => {
  it.each([
    ["10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::FFFF:0A01:0203", "10.1.2.3"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["::", "::"],
    ["FE80::1", "fe80::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1::", "1::"],
    ["::10.1.2.3", "::a01:203"]
  ])("%s is %s", (text, canonical) => assert.strictEqual(canonicalIpAddress(text), canonical))

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "256.1.1.1",
    "fe80::1%eth0",
    "[::1]",
    "localhost",
    "1.2.3.4 ",
    ":::",
    "1::2::3"
  ])("%j is no address", (text) => assert.isUndefined(canonicalIpAddress(text)))

  it("agrees with Node on every address, and is canonical", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalIpAddress(text) ?? ""
        const family = canonical.includes(":") ? "ipv6" : "ipv4"
        assert.strictEqual(canonicalIpAddress(canonical), canonical)
        if (family === "ipv6") {
          const address = new SocketAddress({ address: text, family }).address
          assert.strictEqual(canonicalIpAddress(address), canonical)
        }
      })
    )
  })

  it("formats bytes, and of no other length than 4 and 16", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = formatIpAddress(bytes) ?? ""
        assert.strictEqual(canonicalIpAddress(text), text)
      })
    )
    for (const length of [0, 1, 3, 5, 15, 17, 32]) assert.isUndefined(formatIpAddress(new Uint8Array(length)))
  })
})
