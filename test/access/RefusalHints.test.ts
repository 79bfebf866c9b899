import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { clientJudge, serverJudge } from "../../src/access/AccessJudge.ts"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { presentedHint, serverNameHint } from "../../src/access/RefusalHints.ts"
import { disposeTestCas, type IdentitySpec, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const issue = async (spec: IdentitySpec) => (await makeCa("Other, Inc.")).issue(spec)
const presented = (...chain: ReadonlyArray<Uint8Array>) =>
  presentedHint(chain, Result.getOrThrow(parsePeerCertificate(chain[0] ?? new Uint8Array())))

describe("presentedHint", () => {
  it("names subject, issuer and what else was sent", async () => {
    const { der } = await issue({ cn: "client", ou: ["a", "b"] })
    const name = "presented CN=client,OU=a+OU=b, issued by CN=Other\\, Inc., "
    assert.strictEqual(presented(der), `${name}without intermediates`)
    assert.strictEqual(presented(der, der), `${name}with 1 intermediate`)
    assert.strictEqual(presented(der, der, der), `${name}with 2 intermediates`)
  })

  it("is bounded and printable, whatever the peer writes", async () => {
    const many = Array.from({ length: 50 }, (_, index): readonly [string, string] => [
      "OU",
      `${index}${"x".repeat(40)}`
    ])
    const odd = await issue({ subject: [["CN", "a\u202eb\u0007c"], ...many] })
    const text = presented(odd.der)
    assert.isBelow(text.length, 600)
    assert.notMatch(text, /[\u0007\u202e]/)
  })

  it("does without an issuer that cannot be read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const subject = { attributes: [], commonName: "", organizationalUnits: [] }
        const text = presentedHint([bytes], { subject })
        assert.match(text, /^presented an empty name, issued by .*, without intermediates$/)
      })
    )
  })
})

describe("serverNameHint", () => {
  it("lists a few names and the flag", () => {
    assert.strictEqual(
      serverNameHint({ dnsNames: ["a.test", "b\n.test"], ipAddresses: ["::1"] }),
      "its names are DNS a.test, b\\u000a.test; IP ::1: if the server goes by one of them, give that with --override-server-name"
    )
    const dnsNames = Array.from({ length: 1000 }, (_, index) => `${index}.${"x".repeat(200)}`)
    const text = serverNameHint({ dnsNames, ipAddresses: [] })
    assert.include(text, "and 995 more: if")
    assert.isBelow(text.length, 600)
    assert.match(
      serverNameHint({ dnsNames: [], ipAddresses: [] }),
      /^it has no subject alternative name .*another cert/
    )
  })
})

describe("refusals", () => {
  const prefix = "tls: failed to verify certificate: x509: "
  const messageOf =
    (judge: typeof serverJudge extends (...all: never) => Result.Result<infer J, string> ? J : never) =>
    async (spec: IdentitySpec, chainError?: string) => {
      const verdict = judge({ chain: [(await issue(spec)).der], chainError })
      return verdict._tag === "Refused" ? verdict.message : verdict._tag
    }

  it("of clients say what was presented, behind the Go program's wording", async () => {
    const server = messageOf(Result.getOrThrow(serverJudge({ _tag: "AnyVerified" })))
    const who = "(presented CN=c, issued by CN=Other\\, Inc., without intermediates)"
    assert.strictEqual(
      await server({ cn: "c" }, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
      `${prefix}certificate signed by unknown authority ${who}`
    )
    assert.strictEqual(
      await server({ cn: "c", eku: "server" }),
      `${prefix}certificate specifies an incompatible key usage ${who}`
    )
    const expired = await server({ cn: "c", expired: true }, "CERT_HAS_EXPIRED")
    assert.isTrue(expired.startsWith(`${prefix}certificate has expired or is not yet valid: current time `), expired)
    assert.isTrue(expired.endsWith(` ${who}`), expired)
  })

  it("of servers by another name say which flag asks for it", async () => {
    const client = messageOf(Result.getOrThrow(clientJudge({ _tag: "AnyVerified" }, "other.test")))
    assert.strictEqual(
      await client({ cn: "s", dns: ["a.test"] }),
      `${prefix}certificate is valid for a.test, not other.test (its names are DNS a.test: if the server goes by one of them, give that with --override-server-name)`
    )
  })
})
