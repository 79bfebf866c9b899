/** Addresses (docs/compatibility/command-line.md, 3.1 and 3.3). */
import { Effect, Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Address, AddressFromString, isLocal, network, parse, TcpAddressFromString } from "../../src/config/Address.ts"

const failure = (text: string) => {
  const parsed = parse(text)
  return Result.isFailure(parsed) ? parsed.failure : parsed.success
}

describe("3.1 syntax", () => {
  it.each([
    ["h:1", "h", 1],
    [":1", "", 1],
    ["h:", "h", 0],
    [":", "", 0],
    ["h:0", "h", 0],
    ["h:65535", "h", 65535],
    ["h:+80", "h", 80],
    ["h:0080", "h", 80],
    ["h:https", "h", 443],
    ["1.2.3.4:5", "1.2.3.4", 5],
    ["[::1]:5", "::1", 5],
    ["[fe80::1%eth0]:5", "fe80::1%eth0", 5],
    ["[]:5", "", 5],
    ["[h]:5", "h", 5]
  ])("%s", (text, host, port) => {
    expect(Result.getOrThrow(parse(text))).toEqual({ _tag: "Tcp", text, host, port })
  })
  it("asks for service names it does not know", () => {
    expect(Result.getOrThrow(parse("h:x", (name) => (name === "x" ? 9 : undefined)))).toHaveProperty("port", 9)
  })
  it.each([
    ["unix:/x", { _tag: "Unix", path: "/x" }],
    ["unix:rel/a tive", { _tag: "Unix", path: "rel/a tive" }],
    ["unix:@name", { _tag: "Unix", path: "@name" }],
    ["unix:unix:x", { _tag: "Unix", path: "unix:x" }],
    ["systemd:n", { _tag: "Systemd", name: "n" }],
    ["launchd:n", { _tag: "Launchd", name: "n" }]
  ])("%s", (text, address) => {
    expect(Result.getOrThrow(parse(text))).toEqual({ ...address, text })
  })
  it.each([
    ["h", "address h: missing port in address"],
    ["", "address : missing port in address"],
    ["systemdfoo", "address systemdfoo: missing port in address"],
    ["[::1]", "address [::1]: missing port in address"],
    ["[::1]x:1", "address [::1]x:1: missing port in address"],
    ["a:b:1", "address a:b:1: too many colons in address"],
    ["::1", "address ::1: too many colons in address"],
    ["[::1]:1:2", "address [::1]:1:2: too many colons in address"],
    ["UNIX:/x:1", "address UNIX:/x:1: too many colons in address"],
    ["http://h:1", "address http://h:1: too many colons in address (a URL is not an address: give h:1)"],
    ["[::1:1", "address [::1:1: missing ']' in address"],
    ["[[::1]:1", "address [[::1]:1: unexpected '[' in address"],
    ["[::1]:[1", "address [::1]:[1: unexpected '[' in address"],
    ["[::1]:1]", "address [::1]:1]: unexpected ']' in address"],
    ["h]:1", "address h]:1: unexpected ']' in address"],
    ["h[:1", "address h[:1: unexpected '[' in address"],
    ["h:65536", "address 65536: invalid port"],
    ["h:-1", "address -1: invalid port"],
    ["h:99999999999999999999", "address 99999999999999999999: invalid port"],
    ["h:nope", "lookup tcp/nope: unknown port"],
    ["h:1x", "lookup tcp/1x: unknown port"],
    ["h: 1", "lookup tcp/ 1: unknown port"],
    ["h:1.5", "lookup tcp/1.5: unknown port"],
    ["h:0x10", "lookup tcp/0x10: unknown port"],
    ["unix:", "address unix:: missing socket path"]
  ])("refuses %j", (text, sentence) => {
    expect(failure(text)).toBe(sentence)
  })
  it("never throws, keeps the text, and what it yields is an address", () => {
    const decode = Schema.decodeUnknownSync(Schema.toType(Address))
    const near = fc.stringMatching(/^(unix:|systemd:|\[|[a-z0-9.]{0,5}|:|\]|%|@|-|\+){0,8}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const parsed = parse(text)
        if (Result.isFailure(parsed)) expect(parsed.failure).not.toBe("")
        else expect({ ...decode(parsed.success), text }).toEqual(parsed.success)
      }),
      { numRuns: 2000 }
    )
  })
  it("reads back every host and port", () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.constant("")
    )
    fc.assert(
      fc.property(host, fc.integer({ min: 0, max: 65535 }), (text, port) => {
        const address = Result.getOrThrow(parse(`${text}:${port}`))
        expect(address).toMatchObject({ _tag: "Tcp", host: text.replace(/[[\]]/g, ""), port })
      })
    )
  })
  it("the codec round-trips the text", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (const text of ["h:1", "[::1]:https", "unix:/x", "systemd:n"]) {
          const address = yield* Schema.decodeEffect(AddressFromString)(text)
          expect(yield* Schema.encodeEffect(AddressFromString)(address)).toBe(text)
        }
        const bad = yield* Effect.flip(Schema.decodeEffect(AddressFromString)("h"))
        expect(String(bad)).toContain("missing port in address")
      })
    ))
  it("the codec of TCP addresses takes no other", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const address = yield* Schema.decodeEffect(TcpAddressFromString)("localhost:2003")
        expect(address).toEqual({ _tag: "Tcp", text: "localhost:2003", host: "localhost", port: 2003 })
        expect(yield* Schema.encodeEffect(TcpAddressFromString)(address)).toBe("localhost:2003")
        for (const text of ["unix:/x", "systemd:n", "h"]) {
          expect(String(yield* Effect.flip(Schema.decodeEffect(TcpAddressFromString)(text)))).toContain("HOST:PORT")
        }
      })
    ))
  it("names its network", () => {
    const networks = ["h:1", "unix:x", "systemd:x", "launchd:x"].map((text) => network(Result.getOrThrow(parse(text))))
    expect(networks).toEqual(["tcp", "unix", "systemd", "launchd"])
  })
})

describe("3.3 the safe test", () => {
  it.each(["unix:x", "systemd:x", "launchd:x", "127.0.0.1:1", "[::1]:1", "localhost:1"])("%s is local", (text) => {
    expect(isLocal(text)).toBe(true)
  })
  it.each(["127.0.0.2:1", "LOCALHOST:1", ":1", "[::ffff:127.0.0.1]:1", "localhost.x:1", "127.0.0.1.x:1", "UNIX:x"])(
    "%s is not",
    (text) => {
      expect(isLocal(text)).toBe(false)
    }
  )
})
