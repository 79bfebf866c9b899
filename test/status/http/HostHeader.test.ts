import { assert, describe, it } from "@effect/vitest"
import { isTrusted, parseHost } from "../../../src/status/http/HostHeader.ts"

describe("parseHost", () => {
  it.each([
    ["localhost", "localhost", ""],
    ["Example.COM:6060", "example.com", "6060"],
    ["[::1]:80", "::1", "80"],
    ["127.0.0.1", "127.0.0.1", ""],
    ["%2Frun%2Fsocket", "%2frun%2fsocket", ""],
    ["host:", "host", ""],
    ["", "", ""]
  ])("%s is well-formed", (text, host, port) => {
    assert.deepStrictEqual(parseHost(text), { host, port })
  })

  it.each(["a b", "a/b", "::1", "[::1", "[nothing]", "a:b", "a:1:2", "user@host", "a:65536", "a\u00e4", "a,b:x"])(
    "%s is malformed",
    (text) => {
      assert.isUndefined(parseHost(text))
    }
  )
})

describe("isTrusted", () => {
  const allowed = new Set(["status.example"])
  const trusted = (text: string) => {
    const host = parseHost(text)
    return host !== undefined && isTrusted(host, allowed)
  }

  it("holds for literal addresses, localhost and named hosts, whatever the port", () => {
    for (const text of [
      "127.0.0.1:1",
      "[::1]",
      "10.1.2.3",
      "LOCALHOST:6060",
      "localhost.",
      "status.example:9",
      "Status.Example."
    ]) {
      assert.isTrue(trusted(text), text)
    }
  })

  it("does not hold for names that an attacker can make lead here", () => {
    for (const text of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "127.1",
      "0x7f.1",
      "",
      "a.localhost"
    ]) {
      assert.isFalse(trusted(text), text)
    }
  })
})
