import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { subjectName } from "../../src/access/SubjectName.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

type Attributes = ReadonlyArray<readonly [oid: string, text: string]>
const format = (attributes: Attributes) =>
  subjectName({
    attributes: attributes.map(([oid, text]) => ({ oid, text, der: new Uint8Array() })),
    commonName: "",
    organizationalUnits: []
  })

const labels: Readonly<Record<string, string>> = {
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.3": "CN",
  "2.5.4.11": "OU",
  "2.5.4.10": "O",
  "2.5.4.17": "POSTALCODE",
  "2.5.4.9": "STREET",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.6": "C"
}

/** Reads the line back: the label or OID and the value of each attribute, in order. */
const readBack = (line: string): ReadonlyArray<readonly [string, string]> => {
  const parts: Array<readonly [string, string]> = []
  let label = ""
  let value: Array<number> | undefined
  const flush = () => {
    if (value !== undefined) parts.push([label, Buffer.from(value).toString()])
    label = ""
    value = undefined
  }
  for (let index = 0; index < line.length; ) {
    const character = String.fromCodePoint(line.codePointAt(index) ?? 0)
    index += character.length
    if (value === undefined) {
      if (character === "=") value = []
      else label += character
    } else if (character === "," || character === "+") flush()
    else if (character !== "\\") value.push(...Buffer.from(character))
    else if (/^[0-9a-f]{2}/.test(line.slice(index))) {
      value.push(Number.parseInt(line.slice(index, index + 2), 16))
      index += 2
    } else value.push(...Buffer.from(line.charAt(index++)))
  }
  flush()
  return parts
}

describe("SubjectName", () => {
  it("prints a real subject", async () => {
    const ca = await makeCa("Root")
    const { der } = await ca.issue({
      subject: [
        ["C", "GB"],
        ["ST", "Surrey"],
        ["L", "Richmond"],
        ["street", "The Square"],
        ["postalCode", "TW9 1DT"],
        ["emailAddress", "a@b.test"],
        ["CN", "ignored"],
        ["O", "Isode, Limited"],
        ["OU", "a"],
        ["OU", "b"],
        ["UID", "golang.org"],
        ["serialNumber", "42"],
        ["CN", "Steve Kille"]
      ]
    })
    assert.strictEqual(
      subjectName(Result.getOrThrow(parsePeerCertificate(der)).subject),
      "SERIALNUMBER=42,CN=Steve Kille,OU=a+OU=b,O=Isode\\, Limited,POSTALCODE=TW9 1DT,STREET=The Square,L=Richmond," +
        "ST=Surrey,C=GB,0.9.2342.19200300.100.1.1=#130a676f6c616e672e6f7267,1.2.840.113549.1.9.1=#0c086140622e74657374"
    )
  })

  it.each([
    [[], ""],
    [[["2.5.4.3", "alice"]], "CN=alice"],
    [[["2.5.4.3", ""]], ""],
    [[["2.5.4.11", ""]], "OU="],
    [[["2.5.4.3", 'a,b+c"d\\e<f>g;h']], 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
    [[["2.5.4.3", " a b "]], "CN=\\ a b\\ "],
    [[["2.5.4.3", " "]], "CN=\\ "],
    [[["2.5.4.3", "#a#"]], "CN=\\#a#"],
    [[["2.5.4.3", "a=b"]], "CN=a=b"],
    [[["2.5.4.3", "a\nb\u001b\u2028"]], "CN=a\\0ab\\1b\\e2\\80\\a8"],
    [[["2.5.4.3", "grün 漢"]], "CN=grün 漢"],
    [
      [
        ["1.2.3", "é"],
        ["1.2.4", "x"]
      ],
      "1.2.4=#130178,1.2.3=#0c02c3a9"
    ],
    [[["1.2.3", "x".repeat(200)]], `1.2.3=#1381c8${"78".repeat(200)}`],
    [[["1.2.3", "x".repeat(300)]], `1.2.3=#1382012c${"78".repeat(300)}`],
    [[["1.2.3", "a&b*"]], "1.2.3=#0c0461266 22a".replace(" ", "")]
  ] as const)("%j", (attributes, line) => assert.strictEqual(format(attributes), line))

  it("can be read back, whatever the values", () => {
    const attribute = fc.tuple(fc.constantFrom(...Object.keys(labels)), fc.string({ unit: "grapheme" }))
    const nasty = fc.tuple(fc.constantFrom(...Object.keys(labels)), fc.stringMatching(/^[ #,+"\\<>;=\n0a-f]*$/))
    fc.assert(
      fc.property(fc.array(fc.oneof(attribute, nasty), { maxLength: 8 }), (attributes) => {
        const line = format(attributes)
        assert.notMatch(line, /[\p{Cc}\u2028\u2029]/u)
        const last = (oid: string) =>
          attributes.filter(([type, value]) => type === oid && value !== undefined).slice(-1)
        const expected = Object.entries(labels).flatMap(([oid, label]) => {
          const single = label === "CN" || label === "SERIALNUMBER"
          const found = single
            ? last(oid).filter(([, value]) => value !== "")
            : attributes.filter(([type]) => type === oid)
          return found.map(([, value]) => [label, value] as const)
        })
        assert.deepStrictEqual(readBack(line), expected)
      }),
      { numRuns: 2000 }
    )
  })
})
