import { X509Certificate } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { parseRevocationList } from "../../src/access/RevocationList.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"
import { type CrlSpec, makeCrl } from "../support/TestCrl.ts"
import { name, oid, text, tlv } from "./CraftedCertificate.ts"

afterAll(disposeTestCas)

const root = () => makeCa("List Root")
const identity = async (cn: string) => (await root()).issue({ cn })
const list = async (spec: CrlSpec) => Result.getOrThrow(parseRevocationList((await makeCrl(await root(), spec)).der))
const serial = (pem: string) => new X509Certificate(pem).serialNumber.toLowerCase().replace(/^([89a-f])/, "00$1")

describe("parseRevocationList", () => {
  it("reads issuer, dates, entries and the issuer's key", async () => {
    const [a, b] = await Promise.all([identity("a"), identity("b")])
    const thisUpdate = new Date("2026-01-02T03:04:05Z")
    const nextUpdate = new Date("2051-01-02T03:04:05Z")
    const read = await list({ revoked: [a, b], thisUpdate, nextUpdate })
    assert.strictEqual(read.issuer, "2.5.4.3=list root")
    assert.deepStrictEqual([read.thisUpdate, read.nextUpdate], [thisUpdate.getTime(), nextUpdate.getTime()])
    assert.deepStrictEqual([...read.serials].sort(), [serial(a.certPem), serial(b.certPem)].sort())
    assert.match(read.keyId ?? "", /^[0-9a-f]{40}$/)
    assert.deepStrictEqual([read.partial, read.indirect], [undefined, false])
  })

  it("reads an empty one and one of version 1", async () => {
    assert.strictEqual((await list({})).serials.size, 0)
    const first = await list({ revoked: [await identity("a")], extensions: [] })
    assert.deepStrictEqual([first.serials.size, first.keyId], [1, undefined])
  })

  it("takes a serial number in its shortest form alone: in another one it would be nobody's", async () => {
    const { certPem } = await identity("a")
    const { der } = await makeCrl(await root(), { revoked: [{ certPem }] })
    const at = der.indexOf(Buffer.from(serial(certPem), "hex"))
    assert.isAbove(at, 0)
    const beginning = (...bytes: ReadonlyArray<number>) => {
      der.set(bytes, at)
      return parseRevocationList(der)
    }
    assert.deepStrictEqual(beginning(0x00, 0x7f), Result.fail("malformed serial number"))
    assert.deepStrictEqual(beginning(0xff, 0x80), Result.fail("malformed serial number"))
    assert.isTrue(Result.isSuccess(beginning(0x00, 0x80)))
    assert.isTrue(Result.isSuccess(beginning(0xff, 0x7f)))
  })

  it("does not take what is taken off the list for revoked", async () => {
    const der = (await makeCrl(await root(), { revoked: [await identity("a")], reason: "keyCompromise" })).der
    const at = der.indexOf(Buffer.from("0603551d1504030a0101", "hex"))
    assert.isAbove(at, 0)
    assert.strictEqual(Result.getOrThrow(parseRevocationList(der)).serials.size, 1)
    der[at + 9] = 8
    assert.strictEqual(Result.getOrThrow(parseRevocationList(der)).serials.size, 0)
  })

  const partial: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>, why: RegExp, indirect: boolean]> =
    [
      [
        "an unknown critical extension",
        ["1.2.3.4 = critical,ASN1:NULL"],
        /unknown critical extension \(1\.2\.3\.4\)/,
        false
      ],
      ["a delta", ["2.5.29.27 = critical,ASN1:INTEGER:1"], /delta/, false],
      ["a delta that is not critical", ["2.5.29.27 = ASN1:INTEGER:1"], /delta/, false],
      ["a part", ["issuingDistributionPoint = critical,@p", "[p]", "onlyuser = TRUE"], /some certificates only/, false],
      ["an indirect one", ["issuingDistributionPoint = critical,@p", "[p]", "indirectCRL = TRUE"], /some/, true]
    ]
  it.each(partial)("says of %s that it is not complete", async (_, extensions, why, indirect) => {
    const read = await list({ extensions })
    assert.match(read.partial ?? "", why)
    assert.strictEqual(read.indirect, indirect)
  })

  it.each([
    ["an unknown critical extension", "1.2.3.4", [0xff], /unknown critical extension \(1\.2\.3\.4\)/, false],
    ["an unknown extension", "1.2.3.4", undefined, /^$/, false],
    ["an issuer of its own", "2.5.29.29", [0xff], /other issuers/, true]
  ] as const)("says whether a list is complete one of whose entries has %s", (_, id, critical, why, indirect) => {
    const algorithm = tlv(0x30, oid("1.2.840.10045.4.3.2"))
    const time = text(0x17, "260102030405Z")
    const extension = tlv(0x30, oid(id), ...(critical === undefined ? [] : [tlv(1, critical)]), tlv(4, tlv(5)))
    const entry = tlv(0x30, tlv(2, [7]), time, tlv(0x30, extension))
    const issuer = name(["2.5.4.3", text(12, "Root")])
    const signed = tlv(0x30, tlv(2, [1]), algorithm, issuer, time, tlv(0x30, entry))
    const read = Result.getOrThrow(parseRevocationList(tlv(0x30, signed, algorithm, tlv(3, [0]))))
    assert.match(read.partial ?? "", why)
    assert.deepStrictEqual([[...read.serials], read.indirect], [["07"], indirect])
  })

  it("takes what changes nothing for complete", async () => {
    assert.isUndefined((await list({ extensions: ["1.2.3.4 = ASN1:NULL", "2.5.29.20 = ASN1:INTEGER:7"] })).partial)
  })

  it("refuses SHA-1 signatures", async () => {
    const { der } = await makeCrl(await root(), { digest: "sha1" })
    assert.deepStrictEqual(parseRevocationList(der), Result.fail("its signature algorithm is not accepted"))
  })

  it("never throws and never reads another thing as a list", async () => {
    const { der } = await makeCrl(await root(), { revoked: [await identity("a")] })
    for (let length = 0; length < der.length; length++) {
      assert.isTrue(Result.isFailure(parseRevocationList(der.subarray(0, length))), `${length}`)
    }
    assert.isTrue(Result.isFailure(parseRevocationList(Buffer.concat([der, Buffer.from([5, 0])]))))
    assert.isTrue(Result.isFailure(parseRevocationList((await root()).der)))
    const changes = fc.property(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
      const changed = Buffer.from(der)
      changed[at] = byte
      parseRevocationList(changed)
    })
    const noise = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parseRevocationList(bytes))
    void fc.assert(changes, { numRuns: 500 })
    void fc.assert(noise)
  })
})
