import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Malformed } from "../../../../src/access/Der.ts"
import { certificateValue } from "../../../../src/policy/rego/certificates/Certificate.ts"
import { pemBlocks } from "../../../../src/policy/rego/certificates/Pem.ts"
import { urlValue } from "../../../../src/policy/rego/certificates/Url.ts"
import { jsonText, parseJson } from "../../../../src/policy/rego/values/Json.ts"
import { isObject, type RegoObject } from "../../../../src/policy/rego/values/Value.ts"

const golden = (name: string): string => readFileSync(`${import.meta.dirname}/golden/${name}`, "utf8")

const derOf = (name: string): Buffer => pemBlocks(golden(`${name}.pem`))[0]?.der ?? assert.fail("no PEM block")

const shown = (value: RegoObject): Readonly<Record<string, string>> =>
  Object.fromEntries(value.sorted().map(([key, member]) => [jsonText(key), jsonText(member)]))

describe("certificates as policies see them", () => {
  for (const name of ["rsa", "ecdsa", "ed25519", "ca-rsa"]) {
    it(`have the fields that were captured for ${name}.pem, and no other`, () => {
      const input = parseJson(golden(`${name}.json`))
      const expected = isObject(input) ? input.get("certificate") : undefined
      if (!isObject(expected)) return assert.fail("the capture holds no certificate")
      assert.deepStrictEqual(shown(certificateValue(derOf(name))), shown(expected))
    })
  }

  it("fail as malformed, and in no other way, when bytes are changed or missing", () => {
    const der = derOf("rsa")
    const places = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: der.length }), (changes, length) => {
        const bytes = Buffer.from(der.subarray(0, length))
        for (const [place, octet] of changes) if (place < length) bytes[place] = octet
        try {
          certificateValue(bytes)
        } catch (cause) {
          assert.instanceOf(cause, Malformed)
        }
      }),
      { numRuns: 2_000, seed: 1 }
    )
  })

  it("have URIs in parts", () => {
    const parts = (text: string) => JSON.parse(jsonText(urlValue(text)))
    assert.include(parts("SPIFFE://Example.com/a%20b"), {
      Scheme: "spiffe",
      Host: "Example.com",
      Path: "/a b",
      RawPath: ""
    })
    assert.include(parts("urn:isbn:1"), { Scheme: "urn", Opaque: "isbn:1", Host: "", Path: "" })
    assert.include(parts("https://u@h:1/p?"), { Host: "h:1", Path: "/p", ForceQuery: true, RawQuery: "" })
    assert.include(parts("x://h/a%2Fb#f%21"), { Path: "/a/b", RawPath: "/a%2Fb", Fragment: "f!", RawFragment: "f%21" })
  })
})
