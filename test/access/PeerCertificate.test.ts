import { X509Certificate } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { makePeerCertificateCache } from "../../src/access/PeerCertificateCache.ts"
import { readPem } from "../../src/credentials/Pem.ts"
import { disposeTestCas, type KeyKind, makeCa } from "../support/TestCa.ts"
import { altNames, craft, extension, extensions, name, oid, type Parts, text, tlv } from "./CraftedCertificate.ts"

afterAll(disposeTestCas)

const parse = (der: Uint8Array) => Result.getOrThrow(parsePeerCertificate(der))

describe("PeerCertificate of real certificates", () => {
  it("reads every name", async () => {
    const ca = await makeCa("Root")
    const { der } = await ca.issue({
      subject: [
        ["C", "DE"],
        ["OU", "b"],
        ["CN", "first"],
        ["OU", "a"],
        ["serialNumber", "42"],
        ["CN", "grün, last"]
      ],
      dns: ["a.test", "*.b.test"],
      ip: ["10.0.0.1", "::ffff:10.0.0.2", "fe80::1"],
      uri: ["spiffe://td/a", "https://x.test/%41?q", "SPIFFE://Td/Upper"],
      email: ["a@b.test"],
      eku: "client"
    })
    const certificate = parse(der)
    assert.strictEqual(certificate.subject.commonName, "grün, last")
    assert.deepStrictEqual(certificate.subject.organizationalUnits, ["b", "a"])
    assert.deepStrictEqual(
      certificate.subject.attributes.map(({ oid, text }) => [oid, text]),
      [
        ["2.5.4.6", "DE"],
        ["2.5.4.11", "b"],
        ["2.5.4.3", "first"],
        ["2.5.4.11", "a"],
        ["2.5.4.5", "42"],
        ["2.5.4.3", "grün, last"]
      ]
    )
    assert.deepStrictEqual(Buffer.from(certificate.subject.attributes[0]?.der ?? []).toString("hex"), "13024445")
    assert.deepStrictEqual(certificate.dnsNames, ["a.test", "*.b.test"])
    assert.deepStrictEqual(certificate.ipAddresses, ["10.0.0.1", "10.0.0.2", "fe80::1"])
    assert.deepStrictEqual(certificate.uris, ["spiffe://td/a", "https://x.test/%41?q", "spiffe://Td/Upper"])
    assert.deepStrictEqual(certificate.emailAddresses, ["a@b.test"])
    assert.isTrue(certificate.hasSanExtension)
    assert.deepStrictEqual(certificate.extendedKeyUsages, ["1.3.6.1.5.5.7.3.2"])
  })

  it("reads bare ones", async () => {
    const ca = await makeCa("Root")
    const certificate = parse((await ca.issue({ eku: "none" })).der)
    assert.deepStrictEqual(certificate.subject, { attributes: [], commonName: "", organizationalUnits: [] })
    assert.isFalse(certificate.hasSanExtension)
    assert.isUndefined(certificate.extendedKeyUsages)
    assert.deepStrictEqual(certificate.dnsNames, [])
  })

  it("reads dates around 2050 and keys of every kind", async () => {
    const ca = await makeCa("Root")
    const notBefore = new Date("1999-12-31T23:59:59Z")
    const notAfter = new Date("2050-01-01T00:00:00Z")
    const dated = parse((await ca.issue({ cn: "dated", notBefore, notAfter })).der)
    assert.deepStrictEqual([dated.notBefore, dated.notAfter], [notBefore, notAfter])
    const kinds: ReadonlyArray<readonly [KeyKind, unknown]> = [
      ["p256", { _tag: "Ecdsa", curve: "P-256" }],
      ["p384", { _tag: "Ecdsa", curve: "P-384" }],
      ["p521", { _tag: "Ecdsa", curve: "P-521" }],
      ["secp256k1", { _tag: "Ecdsa", curve: undefined }],
      ["rsa", { _tag: "Rsa", bits: 2048 }],
      ["rsa1024", { _tag: "Rsa", bits: 1024 }],
      ["ed25519", { _tag: "Ed25519" }],
      ["ed448", { _tag: "Unsupported", algorithm: "Ed448" }],
      ["rsa-pss", { _tag: "Unsupported", algorithm: "RSA-PSS" }]
    ]
    for (const [key, expected] of kinds) {
      const { der, certPem } = await ca.issue({ cn: key, key })
      const certificate = parse(der)
      assert.deepStrictEqual<unknown>(certificate.publicKey, expected)
      const info = new X509Certificate(certPem).publicKey.export({ type: "spki", format: "der" })
      assert.deepStrictEqual(Buffer.from(certificate.publicKeyInfo), info)
    }
  })

  it("reads every root of this system with the dates OpenSSL reads", () => {
    const path = "/etc/ssl/certs/ca-certificates.crt"
    const roots = existsSync(path) ? readPem(readFileSync(path)) : []
    for (const { der } of roots) {
      const certificate = parse(der)
      const oracle = new X509Certificate(der)
      assert.deepStrictEqual(certificate.notBefore, oracle.validFromDate)
      assert.deepStrictEqual(certificate.notAfter, oracle.validToDate)
    }
  })
})

const uri = (value: string) => text(0x86, value)
const rows: ReadonlyArray<readonly [what: string, parts: Parts]> = [
  ["a negative serial number", { serial: tlv(2, [0xff]) }],
  ["a long-winded serial number", { serial: tlv(2, [0, 1]) }],
  ["version 1 written out", { version: tlv(0xa0, tlv(2, [0])) }],
  ["version 4", { version: tlv(0xa0, tlv(2, [3])) }],
  ["extensions in version 2", { version: tlv(0xa0, tlv(2, [1])), tail: [extensions(altNames(uri("a://b")))] }],
  ["another inner algorithm", { innerAlgorithm: tlv(0x30, oid("1.2.840.10045.4.3.3")) }],
  ["duplicate extensions", { tail: [extensions(altNames(uri("a://b")), altNames(uri("a://c")))] }],
  ["two extension lists", { tail: [extensions(), extensions()] }],
  ["unknown fields", { tail: [tlv(0xa4, [])] }],
  ["fields in disorder", { tail: [extensions(), tlv(0x81, [0])] }],
  ["a false critical mark", { tail: [extensions(tlv(0x30, oid("2.5.29.17"), tlv(1, [0]), tlv(4, tlv(0x30))))] }],
  ["an extension without value", { tail: [extensions(tlv(0x30, oid("2.5.29.17")))] }],
  ["alternative names with junk behind", { tail: [extensions(extension("2.5.29.17", Uint8Array.from([0x30, 0, 0])))] }],
  ["an alternative name of a universal type", { tail: [extensions(altNames(text(0x0c, "a.test")))] }],
  ["a constructed DNS name", { tail: [extensions(altNames(tlv(0xa2, text(0x16, "a.test"))))] }],
  ["a DNS name beyond ASCII", { tail: [extensions(altNames(text(0x82, "ä.test")))] }],
  ["an IP address of five bytes", { tail: [extensions(altNames(tlv(0x87, [1, 2, 3, 4, 5])))] }],
  ["a URI that is none", { tail: [extensions(altNames(uri("spiffe://td/%zz")))] }],
  ["a URI with a line break", { tail: [extensions(altNames(uri("spiffe://td/a\nb")))] }],
  ["a URI beyond ASCII", { tail: [extensions(altNames(uri("spiffe://td/ä")))] }],
  ["broken UTF-8 in the subject", { subject: name(["2.5.4.3", text(0x0c, Uint8Array.from([0xff]))]) }],
  ["an at sign in a PrintableString", { subject: name(["2.5.4.3", text(0x13, "a@b")]) }],
  ["half a character in a BMPString", { subject: name(["2.5.4.3", tlv(0x1e, [0])]) }],
  ["a surrogate in a BMPString", { subject: name(["2.5.4.3", tlv(0x1e, [0xd8, 0])]) }],
  ["a UniversalString", { subject: name(["2.5.4.3", tlv(0x1c, [0, 0, 0, 65])]) }],
  ["a number in the subject", { subject: name(["2.5.4.3", tlv(2, [1])]) }],
  ["a subject of another type", { subject: tlv(0x31) }],
  ["an attribute of three parts", { subject: tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), text(12, "a"), tlv(5)))) }],
  ["three dates", { validity: tlv(0x30, ...["250101000000Z", "260101000000Z", "2"].map((t) => text(0x17, t))) }],
  ["a date without seconds", { validity: tlv(0x30, text(0x17, "2501010000Z"), text(0x17, "260101000000Z")) }],
  ["a date with an offset", { validity: tlv(0x30, text(0x17, "250101000000+0100"), text(0x17, "260101000000Z")) }],
  ["the 30th of February", { validity: tlv(0x30, text(0x17, "250230000000Z"), text(0x17, "260101000000Z")) }],
  ["hour 24", { validity: tlv(0x30, text(0x17, "250101240000Z"), text(0x17, "260101000000Z")) }],
  ["unused bits in the key", { key: tlv(0x30, tlv(0x30, oid("1.3.101.112")), tlv(3, [1, 2])) }],
  ["a curve without name", { key: tlv(0x30, tlv(0x30, oid("1.2.840.10045.2.1"), tlv(5)), tlv(3, [0, 4])) }],
  ["an RSA key that is none", { key: tlv(0x30, tlv(0x30, oid("1.2.840.113549.1.1.1"), tlv(5)), tlv(3, [0, 4])) }],
  ["unused bits in the signature", { signature: tlv(3, [1, 2]) }]
]

describe("PeerCertificate of malformed ones", () => {
  it("takes the crafted one as it is", () => {
    const certificate = parse(craft({ tail: [extensions(altNames(uri("spiffe://td/a"), text(0x82, "a.test")))] }))
    assert.strictEqual(certificate.subject.commonName, "subject")
    assert.deepStrictEqual([certificate.uris, certificate.dnsNames], [["spiffe://td/a"], ["a.test"]])
    assert.isTrue(Result.isSuccess(parsePeerCertificate(craft({ version: new Uint8Array() }))))
  })

  it.each(rows)("refuses %s", (_, parts) => {
    const result = parsePeerCertificate(craft(parts))
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.match(result.failure, /^x509: (?!malformed certificate$)|^x509: malformed/)
  })

  it.each([
    [0x14, Uint8Array.from([0x67, 0xfc]), "gü"],
    [0x1e, Uint8Array.from([0, 0x67, 0x6f, 0x22]), "g漢"],
    [0x16, Buffer.from("a@b"), "a@b"],
    [0x12, Buffer.from("12 3"), "12 3"],
    [0x0c, Buffer.from("\u0000"), "\u0000"]
  ] as const)("reads string type %i", (tag, bytes, expected) => {
    assert.strictEqual(parse(craft({ subject: name(["2.5.4.3", text(tag, bytes)]) })).subject.commonName, expected)
  })

  it("never throws on random bytes or on damaged certificates", async () => {
    const ca = await makeCa("Root")
    const { der } = await ca.issue({ cn: "x", ou: "y", dns: ["a.test"], ip: ["10.0.0.1"], uri: ["spiffe://td/a"] })
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 }))
    const damaged = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = Uint8Array.from(der)
      for (const [at, byte] of changes) copy[at] = byte
      return copy
    })
    const cut = fc.nat(der.length - 1).map((length) => Uint8Array.from(der.subarray(0, length)))
    fc.assert(
      fc.property(fc.oneof(damaged, cut, fc.uint8Array()), (bytes) => {
        assert.match(parsePeerCertificate(bytes)._tag, /^(Success|Failure)$/)
      }),
      { numRuns: 5000 }
    )
    for (let length = 0; length < der.length; length++) {
      assert.isTrue(Result.isFailure(parsePeerCertificate(der.subarray(0, length))))
    }
    assert.isTrue(Result.isFailure(parsePeerCertificate(Buffer.concat([der, Buffer.alloc(1)]))))
  })
})

describe("PeerCertificateCache", () => {
  const subject = (index: number) => craft({ subject: name(["2.5.4.3", text(0x0c, `${index}`)]) })

  it("remembers what it is told to keep, and no more than its capacity", () => {
    const cache = makePeerCertificateCache(3)
    const first = cache.read(subject(0), true)
    assert.strictEqual(cache.read(subject(0), false), first)
    assert.notStrictEqual(cache.read(subject(1), false), cache.read(subject(1), false))
    assert.strictEqual(cache.size(), 1)
    for (const index of [1, 2, 0, 3]) cache.read(subject(index), true)
    assert.strictEqual(cache.size(), 3)
    assert.strictEqual(cache.read(subject(0), false), first, "used again after 1, which went instead")
  })

  it("never remembers malformed ones", () => {
    const cache = makePeerCertificateCache()
    assert.isTrue(Result.isFailure(cache.read(new Uint8Array(3), true)))
    assert.strictEqual(cache.size(), 0)
  })
})
