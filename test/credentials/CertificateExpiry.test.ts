import { afterAll, assert, describe, it } from "@effect/vitest"
import { certificateExpiries, earliest } from "../../src/credentials/CertificateExpiry.ts"
import type { TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const material = (identity: TlsMaterial["identity"], trustAnchors: ReadonlyArray<string>): TlsMaterial => ({
  generation: 1,
  identity,
  subject: "",
  trustAnchors
})

describe("certificateExpiries", () => {
  it("tells of the leaf, the chain and the authorities", async () => {
    const [ca, other] = await Promise.all([makeCa("Root"), makeCa("Other")])
    const intermediate = await ca.makeIntermediate("Between")
    const leaf = await intermediate.issue({ cn: "leaf" })
    const expiries = certificateExpiries(
      material({ chainPem: leaf.chainPem, keyPem: leaf.keyPem }, [ca.certPem, other.certPem])
    )
    assert.deepStrictEqual(
      expiries.map(({ role, subject }) => [role, subject]),
      [
        ["leaf", "CN=leaf"],
        ["chain", "CN=Between"],
        ["authority", "CN=Root"],
        ["authority", "CN=Other"]
      ]
    )
    for (const { notAfter, serial } of expiries) {
      assert.isAbove(notAfter, Date.now())
      assert.match(serial, /^[0-9A-F]+$/)
    }
    assert.strictEqual(earliest(expiries, "leaf"), expiries[0]?.notAfter)
  })

  it("tells only the first end among many authorities", async () => {
    const soon = await makeCa("Soon", { notAfter: new Date(Date.now() + 3_600_000) })
    const late = await makeCa("Late")
    const expiries = certificateExpiries(material(undefined, [...Array(40).fill(late.certPem), soon.certPem]))
    assert.deepStrictEqual(
      expiries.map(({ role, subject }) => [role, subject]),
      [["authority", "CN=Soon"]]
    )
    assert.strictEqual(earliest(expiries, "leaf"), undefined)
  })
})
