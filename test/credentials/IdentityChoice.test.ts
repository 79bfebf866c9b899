import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { identityFor } from "../../src/credentials/IdentityChoice.ts"
import { pemKey, type SelectedIdentity } from "../../src/credentials/TlsMaterial.ts"

const identity = (chainPem: string, when: SelectedIdentity["when"]): SelectedIdentity => ({
  chainPem,
  key: pemKey(""),
  when,
  requestCertificate: false
})

const challenge = identity("challenge", { serverName: "a.example", alpn: "acme-tls/1" })
const other = identity("other", { serverName: "B.example" })
const identities = [challenge, other]

describe("identityFor", () => {
  it("takes the first identity whose conditions all hold", () => {
    const rows = [
      ["a.example", ["acme-tls/1"], challenge],
      ["A.Example.", ["h2", "acme-tls/1"], challenge],
      ["a.example", ["h2"], undefined],
      ["x.example", ["acme-tls/1"], undefined],
      [undefined, ["acme-tls/1"], undefined],
      ["b.example", [], other]
    ] as const
    for (const [serverName, alpn, expected] of rows) {
      assert.strictEqual(identityFor({ identities }, { serverName, alpn }), expected, serverName)
    }
    assert.isUndefined(identityFor({}, { serverName: "a.example", alpn: ["acme-tls/1"] }))
  })

  it("never gives a challenge to a client that does not offer its protocol", () => {
    fc.assert(
      fc.property(fc.option(fc.string(), { nil: undefined }), fc.array(fc.string()), (serverName, alpn) => {
        fc.pre(!alpn.includes("acme-tls/1"))
        assert.notStrictEqual(identityFor({ identities: [challenge] }, { serverName, alpn }), challenge)
      })
    )
  })
})
