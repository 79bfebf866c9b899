import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { lowerScheme, uriProblem } from "../../src/access/UriText.ts"

describe("UriText", () => {
  it.each([
    "spiffe://td/workload",
    "https://user:pass@example.com:8443/a%20b?q=%zz#frag",
    "urn:uuid:12345",
    "mailto:a@b.c",
    "http://[::1]:80/",
    "spiffe://td",
    "relative/path",
    "/absolute",
    "spiffe:///a",
    "a:b:c",
    ""
  ])("takes %j", (text) => assert.isUndefined(uriProblem(text)))

  it.each([
    "spiffe://td/a\nb",
    "spiffe://td/\u007f",
    ":no-scheme",
    "1a:b",
    "spiffe://td/%zz",
    "spiffe://td/%4",
    "a%/b",
    "spiffe://td/a#%g0",
    "spiffe://t d/a",
    "spiffe://td:port/a",
    "spiffe://[::1/a",
    "spiffe://[::1]x/a",
    "spiffe://td../a",
    "spiffe://.td/a",
    "spiffe://us er@td/a",
    "spiffe://%41/a",
    "spiffe://td\\x/a"
  ])("refuses %j", (text) => assert.isString(uriProblem(text)))

  it.each([
    ["SPIFFE://Td/A", "spiffe://Td/A"],
    ["Urn:UUID:X", "urn:UUID:X"],
    ["/A:B", "/A:B"],
    ["A/B:C", "A/B:C"],
    ["", ""]
  ])("lowers the scheme of %j alone", (text, lowered) => assert.strictEqual(lowerScheme(text), lowered))

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.uint16Array({ maxLength: 60 }).map((units) => String.fromCharCode(...units)),
        (text) => void uriProblem(text)
      )
    )
  })
})
