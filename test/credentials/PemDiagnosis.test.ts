import { afterAll, assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { lostBlocks, missingBlock, pemProblem } from "../../src/credentials/PemDiagnosis.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const certificate = (await makeCa("Diagnosis")).certPem
const problem = (text: string | Uint8Array) => pemProblem(Buffer.from(text))
const block = (type: string, body = "AAAA") => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`

const rows: ReadonlyArray<readonly [name: string, content: string | Uint8Array, problem: RegExp | undefined]> = [
  ["a certificate", certificate, undefined],
  ["a certificate with text around it", `subject=x\n${certificate}\nthe end\n`, undefined],
  ["nothing", "", /^is empty$/],
  ["white space", "\n \r\n", /^holds white space only$/],
  ["UTF-16 with its mark", Buffer.from(`\ufeff${certificate}`, "utf16le"), /^is UTF-16 text: /],
  ["UTF-16 without", Buffer.from(certificate, "utf16le"), /^is UTF-16 text: /],
  ["UTF-16, big endian", Buffer.from(`\ufeff${certificate}`, "utf16le").swap16(), /^is UTF-16 text: /],
  ["text", "garbage\n", /^has no line that begins with `-----BEGIN `/],
  ["a certificate without its end", certificate.slice(0, -5), /^is cut off: the block CERTIFICATE has no complete END/],
  [
    "a cut certificate before a whole one",
    certificate.slice(0, 200) + certificate,
    /^is cut off: the block CERTIFICATE/
  ],
  ["an indented certificate", certificate.replaceAll(/^/gm, "    "), /^has indented BEGIN or END lines/],
  ["lines that end in CR", certificate.replaceAll("\n", "\r"), /^has lines that end in CR alone/],
  [
    "a block that ends as another",
    certificate.replace("END CERTIFICATE", "END PKCS7"),
    /^is damaged: .* ends as PKCS7$/
  ],
  ["characters that are not base64", block("CERTIFICATE", "&&&&"), /^is damaged: the block CERTIFICATE is not base64$/],
  ["DER", Buffer.from(certificate.replaceAll(/-----.*-----/g, ""), "base64"), /^is DER \(binary\), not PEM: /],
  ["a Java keystore", Buffer.from("feedfeed00000002", "hex"), /^is a Java keystore, not PEM: /],
  ["PKCS#12", Buffer.from("30820a0102010330820900", "hex"), /^is PKCS#12, not PEM: /]
]

describe("pemProblem", () => {
  it.each(rows)("of %s", (_, content, expected) => {
    if (expected === undefined) assert.isUndefined(problem(content))
    else assert.match(problem(content) ?? "", expected)
  })

  it("never throws, is short and printable", () => {
    const part = fc.oneof(
      fc.constantFrom("-----BEGIN ", "-----END ", "X-----", "\n", "\r", " ", "AAAA"),
      fc.string({ unit: "binary", maxLength: 5 })
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        assert.isBelow((problem(parts.join("")) ?? "").length, 300)
      })
    )
  })
})

describe("missingBlock", () => {
  const missing = (text: string) => missingBlock(Buffer.from(text), "certificate", ({ type }) => type === "CERTIFICATE")

  it("says what a file holds instead", () => {
    assert.isUndefined(missing(block("X") + certificate))
    assert.strictEqual(missing(block("PKCS7") + block("X") + block("X")), "holds no certificate, only PKCS7, X")
    assert.strictEqual(
      missing(block("CERTIFICATE REQUEST")),
      "holds no certificate, only CERTIFICATE REQUEST; a request must be signed by an authority first"
    )
    assert.strictEqual(missing(""), "is empty")
  })
})

describe("lostBlocks", () => {
  const lost = (text: string) => lostBlocks("CA", "/ca.pem", Buffer.from(text))

  it("warns where a file begins more blocks than it has", () => {
    assert.isUndefined(lost(certificate + certificate))
    assert.isUndefined(lost(certificate.slice(0, 100)), "a file without any block is refused, not warned about")
    assert.strictEqual(
      lost(certificate + block("CERTIFICATE", "&&&&") + certificate.slice(0, 100)),
      "warning: 2 blocks of the CA file '/ca.pem' cannot be read and are left out: the file is damaged: the block CERTIFICATE is not base64"
    )
  })
})
