import { execFileSync } from "node:child_process"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { readDerCertificates } from "../../src/credentials/DerCertificates.ts"
import { oid, tlv } from "../access/CraftedCertificate.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const read = (bytes: Uint8Array) =>
  Result.map(readDerCertificates(bytes), (blocks) =>
    blocks.map(({ type, der }) => [type, Buffer.from(der).toString("hex")])
  )
const certificates = (...ders: ReadonlyArray<Buffer>) =>
  Result.succeed(ders.map((der) => ["CERTIFICATE", der.toString("hex")]))
const failure = (why: string) => Result.fail(`unable to read DER certificates: ${why}`)

describe("DerCertificates", () => {
  it("reads certificates that follow each other", async () => {
    const [a, b] = await Promise.all([makeCa("A"), makeCa("B")])
    assert.deepStrictEqual(read(a.der), certificates(a.der))
    assert.deepStrictEqual(read(Buffer.concat([b.der, a.der])), certificates(b.der, a.der))
    assert.deepStrictEqual(read(Buffer.alloc(0)), certificates())
  })

  it("reads those in a PKCS#7 envelope", async () => {
    const ca = await makeCa("A")
    const { certPath, der } = await ca.issue({ cn: "x" })
    const words = ["crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile", certPath, "-certfile", ca.certPath]
    assert.deepStrictEqual(read(execFileSync("openssl", words)), certificates(der, ca.der))
    const empty = tlv(0x30, oid("1.2.840.113549.1.7.2"), tlv(0xa0, tlv(0x30)))
    assert.deepStrictEqual(read(empty), certificates())
  })

  it("refuses everything else", async () => {
    const { der } = await makeCa("A")
    assert.deepStrictEqual(read(der.subarray(0, -1)), failure("truncated"))
    assert.deepStrictEqual(read(tlv(2, [1])), failure("malformed certificate"))
    const store = failure("it is no certificate (a PKCS#12 file needs the extension .p12)")
    assert.deepStrictEqual(read(tlv(0x30, tlv(2, [3]), tlv(0x30))), store)
    assert.deepStrictEqual(read(tlv(0x30, oid("1.2.840.113549.1.7.1"))), failure("unsupported kind of PKCS#7"))
    assert.deepStrictEqual(read(tlv(0x30, oid("1.2.840.113549.1.7.2"))), failure("malformed PKCS#7"))
    assert.deepStrictEqual(read(Buffer.alloc(1024 * 1024 + 1)), failure("too large"))
  })

  it("never throws", async () => {
    const { certPath } = await makeCa("A")
    const p7b = execFileSync("openssl", ["crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile", certPath])
    const change = fc.tuple(fc.nat({ max: p7b.length - 1 }), fc.integer({ min: 0, max: 255 }))
    const mutated = fc.array(change, { maxLength: 4 }).map((changes) => {
      const bytes = Buffer.from(p7b)
      for (const [at, byte] of changes) bytes[at] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array()), (bytes) => void readDerCertificates(bytes)),
      { numRuns: 2000 }
    )
  })
})
