import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { hostNameProblem } from "../../src/access/HostName.ts"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const named = (names: { dns?: ReadonlyArray<string>; ip?: ReadonlyArray<string>; cn?: string; san?: boolean }) => ({
  dnsNames: names.dns ?? [],
  ipAddresses: names.ip ?? [],
  hasSanExtension: names.san ?? (names.dns !== undefined || names.ip !== undefined),
  subject: { commonName: names.cn ?? "" }
})

const matching: ReadonlyArray<readonly [name: string, host: string]> = [
  ["example.com", "example.com"],
  ["Example.COM", "eXample.com"],
  ["example.com", "example.com."],
  ["*.example.com", "a.example.com"],
  ["*.example.com", "A.EXAMPLE.com."],
  ["a_b.example.com", "a_b.example.com"],
  ["_x.example", "_x.example"],
  // Not host names: equal text or nothing.
  ["exa mple", "EXA MPLE"],
  ["-a.example", "-a.example"],
  ["a..b", "a..b"],
  ["*", "*"],
  ["example.com.", "example.com."],
  ["127.0.0.x", "127.0.0.x"]
]

const differing: ReadonlyArray<readonly [name: string, host: string]> = [
  ["example.com", "www.example.com"],
  ["www.example.com", "example.com"],
  ["*.example.com", "example.com"],
  ["*.example.com", "a.b.example.com"],
  ["*.example.com", ".example.com"],
  ["*.example.com", "*.example.org"],
  ["a*.example.com", "ab.example.com"],
  ["a.*.com", "a.b.com"],
  ["*.*.com", "a.b.com"],
  ["*", "localhost"],
  ["*.com.", "a.com"],
  ["example.com.", "example.com"],
  ["exa mple", "exa mple."],
  ["", ""],
  [".", "."],
  ["example.com", ""],
  ["K.example", "\u212a.example"],
  ["example.com", "example.com\u0000"],
  ["example.com\u0000.evil", "example.com"],
  ["10.0.0.1", "10.0.0.1"]
]

describe("HostName", () => {
  it.each(matching)("%j is for %j", (name, host) => assert.isUndefined(hostNameProblem(named({ dns: [name] }), host)))

  it.each(differing)("%j is not for %j", (name, host) => assert.isString(hostNameProblem(named({ dns: [name] }), host)))

  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["10.0.0.1", "::ffff:10.0.0.1"],
    ["10.0.0.1", "[::ffff:a00:1]"],
    ["fe80::1", "[fe80:0::1]"],
    ["fe80::1", "FE80::1"]
  ])("address %s is for %s", (ip, host) => assert.isUndefined(hostNameProblem(named({ ip: [ip] }), host)))

  it.each([
    [
      "names that do not match",
      { dns: ["a.test", "b.test"] },
      "c.test",
      "certificate is valid for a.test, b.test, not c.test"
    ],
    [
      "addresses that do not match",
      { ip: ["10.0.0.1", "::1"] },
      "[10.0.0.2]",
      "certificate is valid for 10.0.0.1, ::1, not 10.0.0.2"
    ],
    [
      "only the common name",
      { cn: "a.test" },
      "a.test",
      "certificate relies on legacy Common Name field, use SANs instead"
    ],
    [
      "only a wildcard common name",
      { cn: "*.test" },
      "a.test",
      "certificate relies on legacy Common Name field, use SANs instead"
    ],
    [
      "another common name",
      { cn: "b.test" },
      "a.test",
      "certificate is not valid for any names, but wanted to match a.test"
    ],
    [
      "a matching common name, but SANs",
      { cn: "a.test", ip: ["::1"] },
      "a.test",
      "certificate is not valid for any names, but wanted to match a.test"
    ],
    ["no names", {}, "a.test", "certificate is not valid for any names, but wanted to match a.test"],
    [
      "no addresses",
      { dns: ["10.0.0.1"] },
      "10.0.0.1",
      "cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"
    ],
    ["line breaks", { dns: ["a\nb"] }, "c\n.test", "certificate is valid for a\\u000ab, not c\\u000a.test"],
    [
      "very many names",
      { dns: Array.from({ length: 101 }, (_, i) => `${i}.test`) },
      "a.test",
      "certificate is valid for 101 names, but none matched a.test"
    ]
  ] as const)("says what is wrong with %s", (_, names, host, message) =>
    assert.strictEqual(hostNameProblem(named(names), host), `x509: ${message}`)
  )

  it("judges real certificates", async () => {
    const ca = await makeCa("Root")
    const parse = async (spec: Parameters<typeof ca.issue>[0]) =>
      Result.getOrThrow(parsePeerCertificate((await ca.issue(spec)).der))
    const both = await parse({ cn: "other", dns: ["*.a.test"], ip: ["127.0.0.1", "::1"] })
    assert.isUndefined(hostNameProblem(both, "x.a.test"))
    assert.isUndefined(hostNameProblem(both, "127.0.0.1"))
    assert.isUndefined(hostNameProblem(both, "[::1]"))
    assert.strictEqual(hostNameProblem(both, "other"), "x509: certificate is valid for *.a.test, not other")
    assert.match(hostNameProblem(await parse({ cn: "localhost" }), "localhost") ?? "", /legacy Common Name/)
    assert.match(
      hostNameProblem(await parse({ uri: ["a://b"], cn: "localhost" }), "localhost") ?? "",
      /not valid for any/
    )
  })

  it("never admits a host that no name equals or covers", () => {
    const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,3}$/)
    const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."))
    const name = fc.oneof(
      host,
      host.map((rest) => `*.${rest}`)
    )
    fc.assert(
      fc.property(fc.array(name, { maxLength: 3 }), host, (dns, wanted) => {
        const lower = wanted.toLowerCase()
        const covered = dns.some((text) => {
          const own = text.toLowerCase()
          return own === lower || (own.startsWith("*.") && own.slice(1) === lower.slice(lower.indexOf(".")))
        })
        if (!covered) assert.isString(hostNameProblem(named({ dns, cn: wanted }), wanted))
        assert.isString(hostNameProblem(named({ cn: wanted }), wanted))
      }),
      { numRuns: 2000 }
    )
  })
})
