import { X509Certificate } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { parseRevocationList, type RevocationList } from "../../src/access/RevocationList.ts"
import { listingOf } from "../../src/access/revocation/RevocationEntries.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"
import { type CrlSpec, makeCrl } from "../support/TestCrl.ts"
import { name, oid, text, tlv } from "./CraftedCertificate.ts"

afterAll(disposeTestCas)

const root = () => makeCa("List Root")
const identity = async (cn: string) => (await root()).issue({ cn })
const list = async (spec: CrlSpec) => Result.getOrThrow(parseRevocationList((await makeCrl(await root(), spec)).der))
const serial = (pem: string) => new X509Certificate(pem).serialNumber.toLowerCase().replace(/^([89a-f])/, "00$1")
const listing = ({ entries, issuer }: RevocationList, hex: string) =>
  listingOf(entries, issuer, Buffer.from(hex, "hex"))

describe("parseRevocationList", () => {
  it("reads issuer, dates, entries and the issuer's key", async () => {
    const [a, b] = await Promise.all([identity("a"), identity("b")])
    const thisUpdate = new Date("2026-01-02T03:04:05Z")
    const nextUpdate = new Date("2051-01-02T03:04:05Z")
    const read = await list({ revoked: [a, b], thisUpdate, nextUpdate })
    assert.strictEqual(read.issuer, "2.5.4.3=list root")
    assert.deepStrictEqual([read.thisUpdate, read.nextUpdate], [thisUpdate.getTime(), nextUpdate.getTime()])
    for (const { certPem } of [a, b]) assert.strictEqual(listing(read, serial(certPem)), "revoked")
    assert.isUndefined(listing(read, "07"))
    assert.isUndefined(listingOf(read.entries, "2.5.4.3=another", Buffer.from(serial(a.certPem), "hex")))
    assert.deepStrictEqual([read.entries.count, read.flaw, read.scope.id], [2, undefined, ""])
  })

  it("reads an empty one and one of version 1", async () => {
    assert.strictEqual((await list({})).entries.count, 0)
    const first = await list({ revoked: [await identity("a")], extensions: [] })
    assert.deepStrictEqual([first.entries.count, first.number], [1, undefined])
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
    const [id = ""] = [serial((await identity("a")).certPem)]
    assert.strictEqual(listing(Result.getOrThrow(parseRevocationList(der)), id), "revoked")
    der[at + 9] = 8
    assert.strictEqual(listing(Result.getOrThrow(parseRevocationList(der)), id), "removed")
  })

  it("reads numbers, the base of a delta and the scope", async () => {
    const read = await list({
      extensions: [
        "2.5.29.20 = ASN1:INTEGER:300",
        "2.5.29.27 = critical,ASN1:INTEGER:200",
        "issuingDistributionPoint = critical,@p",
        "[p]",
        "fullname = URI:http://lists.test/1",
        "onlyuser = TRUE",
        "indirectCRL = TRUE",
        "onlysomereasons = keyCompromise,CACompromise"
      ]
    })
    assert.deepStrictEqual([read.number, read.baseNumber, read.flaw], [300n, 200n, undefined])
    const { id, names, ...scope } = read.scope
    assert.deepStrictEqual(scope, { kind: "user", reasons: 0b110, indirect: true })
    assert.deepStrictEqual(names, [`6:${Buffer.from("http://lists.test/1").toString("hex")}`])
    assert.match(id, /^30/)
  })

  const crafted = (...entries: ReadonlyArray<Uint8Array>) => {
    const algorithm = tlv(0x30, oid("1.2.840.10045.4.3.2"))
    const signed = tlv(0x30, tlv(2, [1]), algorithm, name(["2.5.4.3", text(12, "Root")]), time, tlv(0x30, ...entries))
    return parseRevocationList(tlv(0x30, signed, algorithm, tlv(3, [0])))
  }
  const time = text(0x17, "260102030405Z")
  const entry = (serial: number, ...extensions: ReadonlyArray<Uint8Array>) =>
    tlv(0x30, tlv(2, [serial]), time, ...(extensions.length === 0 ? [] : [tlv(0x30, ...extensions)]))
  const extension = (id: string, critical: boolean, value: Uint8Array) =>
    tlv(0x30, oid(id), ...(critical ? [tlv(1, [0xff])] : []), tlv(4, value))

  it.each([
    [true, /unknown critical extension \(1\.2\.3\.4\)/],
    [false, /^$/]
  ])("says of a list one of whose entries has an unknown extension that is critical (%s)", (critical, why) => {
    const read = Result.getOrThrow(crafted(entry(7, extension("1.2.3.4", critical, tlv(5)))))
    assert.match(read.flaw ?? "", why)
    assert.strictEqual(listing(read, "07"), "revoked")
  })

  it("keeps the certificate issuer of an entry for those that follow", () => {
    const other = extension("2.5.29.29", true, tlv(0x30, tlv(0xa4, name(["2.5.4.3", text(12, "Other")]))))
    const back = extension("2.5.29.29", true, tlv(0x30, tlv(0xa4, name(["2.5.4.3", text(12, "ROOT")]))))
    const read = Result.getOrThrow(crafted(entry(1), entry(2, other), entry(3), entry(4, back), entry(5)))
    const of = (issuer: string) =>
      [1, 2, 3, 4, 5].filter((id) => listingOf(read.entries, `2.5.4.3=${issuer}`, Uint8Array.of(id)) === "revoked")
    assert.deepStrictEqual([of("root"), of("other"), of("none")], [[1, 4, 5], [2, 3], []])
    assert.match(read.flaw ?? "", /does not say that it is indirect/)
  })

  it("finds exactly the serial numbers that it was given", () => {
    const serials = fc.uniqueArray(fc.integer({ min: 0, max: 127 }), { maxLength: 128 })
    void fc.assert(
      fc.property(serials, (given) => {
        const read = Result.getOrThrow(crafted(...given.map((id) => entry(id))))
        for (let id = 0; id < 128; id++) {
          const found = listingOf(read.entries, read.issuer, Uint8Array.of(id))
          assert.strictEqual(found, given.includes(id) ? "revoked" : undefined)
        }
      }),
      { numRuns: 50 }
    )
  })

  it("says of an unknown critical extension that nobody is good by the list", async () => {
    const { flaw } = await list({ extensions: ["1.2.3.4 = critical,ASN1:NULL"] })
    assert.match(flaw ?? "", /unknown critical extension \(1\.2\.3\.4\)/)
  })

  it("takes what changes nothing for complete", async () => {
    assert.isUndefined((await list({ extensions: ["1.2.3.4 = ASN1:NULL", "2.5.29.20 = ASN1:INTEGER:7"] })).flaw)
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
