/** SOCKS5 (docs/compatibility/command-line.md, 8.5; RFC 1928, RFC 1929). */
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { socks5 } from "../../src/transport/Socks5.ts"
import type { ProxyCredentials } from "../../src/transport/UpstreamProxy.ts"

const at = (host: string, port: number) => ({ _tag: "Tcp" as const, text: "", host, port })
const proxy = at("proxy", 1080)
const login = (username: string, password: string): ProxyCredentials => ({
  username: Buffer.from(username),
  password: Buffer.from(password)
})
const alice = login("alice", "pässword")
const from = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex")
const open = (host = "backend", credentials?: ProxyCredentials, port = 443) =>
  Result.getOrThrow(socks5(at(host, port), proxy, credentials))

/** What was sent in all, and how it ended, with what was not fed. */
const run = (host: string, credentials: ProxyCredentials | undefined, chunks: ReadonlyArray<Uint8Array>) => {
  const negotiation = open(host, credentials)
  const sent: Array<Uint8Array> = [negotiation.start()]
  const result = (end: string, surplus: ReadonlyArray<Uint8Array>) => ({
    sent: Buffer.concat(sent).toString("hex"),
    end,
    surplus: Buffer.concat(surplus).toString("hex")
  })
  for (const [index, chunk] of chunks.entries()) {
    const step = negotiation.receive(chunk)
    if (step._tag === "Failed") return result(step.message, [])
    sent.push(step.send)
    if (step._tag === "Done") return result("Done", [step.surplus, ...chunks.slice(index + 1)])
  }
  return result("NeedMore", [])
}
const prefix = "socks connect tcp proxy:1080->backend:443: "
const granted = "05 00 00 01 00000000 0000"
const nameRequest = `0501000307${Buffer.from("backend").toString("hex")}01bb`
const passwordRequest = `0105${Buffer.from("alice").toString("hex")}09${Buffer.from("pässword").toString("hex")}`

describe("what is sent", () => {
  it.each([
    ["backend", nameRequest],
    ["1.2.3.4", "050100010102030401bb"],
    ["::ffff:1.2.3.4", "050100010102030401bb"],
    ["2001:db8::1", "0501000420010db800000000000000000000000101bb"],
    ["fe80::1%lo", `050100030a${Buffer.from("fe80::1%lo").toString("hex")}01bb`],
    ["x".repeat(255), `05010003ff${"78".repeat(255)}01bb`]
  ])("for %s", (host, request) => {
    expect(run(host, undefined, [from("0500"), from(granted)])).toEqual({
      sent: `050100${request}`,
      end: "Done",
      surplus: ""
    })
  })
  it("says the port in two bytes", () => {
    const negotiation = open("1.2.3.4", undefined, 0x1234)
    expect(negotiation.receive(from("0500"))).toEqual({ _tag: "NeedMore", send: from("05010001010203041234") })
  })
  it("offers a password, and sends it only when asked", () => {
    expect(run("backend", alice, [from("0500"), from(granted)]).sent).toBe(`05020002${nameRequest}`)
    expect(run("backend", alice, [from("0502"), from("0100"), from(granted)])).toEqual({
      sent: `05020002${passwordRequest}${nameRequest}`,
      end: "Done",
      surplus: ""
    })
    const empty = run("backend", login("u", ""), [from("0502"), from("0100"), from(granted)])
    expect(empty.sent).toBe(`0502000201017500${nameRequest}`)
  })
})

describe("the reply", () => {
  it.each([
    ["IPv4", "0500000101020304ffff"],
    ["IPv6", "05000004000000000000000000000000000000000001"],
    ["a name", "050000030261620001"],
    ["an empty name", "05000003000001"]
  ])("gives back what follows %s", (_, reply) => {
    expect(run("backend", undefined, [from("0500"), from(`${reply}160301`)]).surplus).toBe("160301")
  })
  it.each([
    ["04 00", undefined, "unexpected protocol version 4"],
    ["48 54", undefined, "unexpected protocol version 72"],
    ["05 ff", undefined, "no acceptable authentication methods"],
    ["05 ff", alice, "no acceptable authentication methods"],
    ["05 02", undefined, "unsupported authentication method 2"],
    ["05 01", alice, "unsupported authentication method 1"],
    ["05 02 05 00", alice, "invalid username/password version"],
    ["05 02 01 01", alice, "username/password authentication failed"],
    ["05 02 01 ff", alice, "username/password authentication failed"],
    ["05 00 04 00 00 01", undefined, "unexpected protocol version 4"],
    ["05 00 05 01 00 01", undefined, "unknown error general SOCKS server failure"],
    ["05 00 05 02 00 01", undefined, "unknown error connection not allowed by ruleset"],
    ["05 00 05 03 00 01", undefined, "unknown error network unreachable"],
    ["05 00 05 04 00 01", undefined, "unknown error host unreachable"],
    ["05 00 05 05 00 01", undefined, "unknown error connection refused"],
    ["05 00 05 06 00 01", undefined, "unknown error TTL expired"],
    ["05 00 05 07 00 01", undefined, "unknown error command not supported"],
    ["05 00 05 08 00 01", undefined, "unknown error address type not supported"],
    ["05 00 05 09 00 01", undefined, "unknown error unknown code: 9"],
    ["05 00 05 00 01 01", undefined, "non-zero reserved field"],
    ["05 00 05 00 00 02", undefined, "unknown address type 2"]
  ])("%s with %j: %s", (reply, credentials, words) => {
    expect(run("backend", credentials, [from(reply)]).end).toBe(prefix + words)
  })
  it("has words for an end before the end", () => {
    const cause = "dial tcp 127.0.0.1:1: connect: connection refused"
    expect(open().undialled(cause)).toBe(prefix + cause)
    expect(open().interrupted("EOF")).toBe(`${prefix}EOF`)
  })
  it("puts IPv6 addresses into brackets", () => {
    const negotiation = Result.getOrThrow(socks5(at("::1", 1), at("::2", 3), undefined))
    expect(negotiation.interrupted("EOF")).toBe("socks connect tcp [::2]:3->[::1]:1: EOF")
  })
})

describe("what the protocol cannot carry", () => {
  it.each([
    ["", undefined, "socks connect tcp proxy:1080->:443: missing host"],
    ["ü".repeat(128), undefined, `socks connect tcp proxy:1080->${"ü".repeat(128)}:443: FQDN too long`],
    ["backend", login("", "pw"), `${prefix}invalid username/password`],
    ["backend", login("u".repeat(256), ""), `${prefix}invalid username/password`],
    ["backend", login("u", "p".repeat(256)), `${prefix}invalid username/password`]
  ])("%s %#", (host, credentials, words) => {
    const made = socks5(at(host, 443), proxy, credentials)
    expect(Result.isFailure(made) && made.failure).toBe(words)
  })
})

const usual = fc.constantFrom(
  "0500",
  "0502",
  "0100",
  "05000001",
  "05000003",
  "05000004",
  "000000000050",
  "02616200ff",
  "ff"
)
const conversation = fc
  .array(
    fc.oneof(
      usual,
      fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString("hex"))
    )
  )
  .map((parts) => from(parts.join("")))

describe("any bytes", () => {
  it("mean the same in any chunks, and never throw or tell the password", () => {
    fc.assert(
      fc.property(
        conversation,
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.constantFrom(alice, undefined),
        (bytes, cuts, credentials) => {
          const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
          const chunks = places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place))
          const whole = run("backend", credentials, [bytes])
          const pieces = run("backend", credentials, chunks)
          expect({ ...pieces, sent: "" }).toEqual({ ...whole, sent: "" })
          // What was still to be sent when it failed does not matter.
          if (whole.end === "Done" || whole.end === "NeedMore") expect(pieces.sent).toBe(whole.sent)
          expect(whole.end).not.toContain("pässword")
          if (credentials === undefined) expect(pieces.sent).not.toContain(passwordRequest)
        }
      ),
      { numRuns: 3_000 }
    )
  })
})
