import { assert, describe, it } from "@effect/vitest"
import { excludedName, hostViolation, malformedName, readNameConstraints } from "../../src/access/NameConstraints.ts"
import { tlv } from "./CraftedCertificate.ts"

const dns = (name: string) => tlv(0x30, tlv(0x82, Buffer.from(name)))
const ip = (...bytes: ReadonlyArray<number>) => tlv(0x30, tlv(0x87, bytes))
const email = (name: string) => tlv(0x30, tlv(0x81, Buffer.from(name)))
const constraints = (permitted: ReadonlyArray<Uint8Array>, excluded: ReadonlyArray<Uint8Array>) =>
  readNameConstraints({
    critical: true,
    value: tlv(
      0x30,
      ...(permitted.length === 0 ? [] : [tlv(0xa0, ...permitted)]),
      ...(excluded.length === 0 ? [] : [tlv(0xa1, ...excluded)])
    )
  })

describe("name constraints on the host that is dialled", () => {
  const rows: ReadonlyArray<
    readonly [permitted: ReadonlyArray<Uint8Array>, excluded: ReadonlyArray<Uint8Array>, host: string, ok: boolean]
  > = [
    [[dns("example.com")], [], "example.com", true],
    [[dns("example.com")], [], "a.EXAMPLE.com", true],
    [[dns("example.com")], [], "badexample.com", false],
    [[dns(".example.com")], [], "example.com", false],
    [[dns(".example.com")], [], "a.example.com", true],
    [[], [dns("secret.example.com")], "secret.example.com", false],
    [[], [dns("secret.example.com")], "a.secret.example.com.", false],
    [[], [dns("secret.example.com")], "other.example.com", true],
    [[], [dns("")], "anything.test", false],
    [[ip(10, 0, 0, 0, 255, 0, 0, 0)], [], "10.1.2.3", true],
    [[ip(10, 0, 0, 0, 255, 0, 0, 0)], [], "11.1.2.3", false],
    [[], [ip(10, 0, 0, 0, 255, 0, 0, 0)], "10.1.2.3", false],
    [[ip(10, 0, 0, 0, 255, 0, 0, 0)], [], "[::1]", false],
    [[ip(10, 0, 0, 0, 255, 0, 0, 0)], [], "name.test", true]
  ]
  it.each(rows)("%#: %s", (permitted, excluded, host, ok) => {
    assert.strictEqual(hostViolation(constraints(permitted, excluded), host) === undefined, ok, host)
  })
})

describe("name constraints on a certificate's names", () => {
  it("exclude the wildcard that reaches into an excluded domain", () => {
    const excluded = constraints([], [dns("secret.example.com")])
    assert.strictEqual(excludedName(excluded, ["a.test", "*.example.com"]), "*.example.com")
    assert.strictEqual(excludedName(excluded, ["*.secret.example.com"]), "*.secret.example.com")
    assert.isUndefined(excludedName(excluded, ["*.other.example.com", "*.test"]))
    assert.isUndefined(excludedName(constraints([dns("example.com")], []), ["*.example.com"]))
  })

  it("find names that cannot be compared with them, of the constrained kinds alone", () => {
    const names = { dnsNames: [".example.com"], emailAddresses: ["a@b@example.com"] }
    assert.isDefined(malformedName(constraints([dns("example.com")], []), { ...names, emailAddresses: [] }))
    assert.isDefined(malformedName(constraints([email("example.com")], []), { ...names, dnsNames: [] }))
    assert.isUndefined(malformedName(constraints([ip(10, 0, 0, 0, 255, 0, 0, 0)], []), names))
  })
})
