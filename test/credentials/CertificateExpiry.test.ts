import { afterAll, assert, describe, it } from "@effect/vitest"
import {
  certificateExpiries,
  earliest,
  expiredAuthorities,
  ownExpiries,
  shownExpiries
} from "../../src/credentials/CertificateExpiry.ts"
import { pemKey, type TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
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
      material({ chainPem: leaf.chainPem, key: pemKey(leaf.keyPem) }, [ca.certPem, other.certPem])
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
    const own = ownExpiries(material({ chainPem: leaf.chainPem, key: pemKey(leaf.keyPem) }, []))
    assert.deepStrictEqual(own, expiries.slice(0, 2))
  })

  it("leaves expired authorities out of what is shown, and counts them", async () => {
    const old = await makeCa("Old", { expired: true })
    const ca = await makeCa("Root")
    const leaf = await old.issue({ cn: "leaf", expired: true })
    const all = certificateExpiries(
      material({ chainPem: leaf.certPem, key: pemKey(leaf.keyPem) }, [old.certPem, ca.certPem])
    )
    const shown = shownExpiries(all, Date.now())
    assert.deepStrictEqual(
      shown.map(({ role, subject }) => [role, subject]),
      [
        ["leaf", "CN=leaf"],
        ["authority", "CN=Root"]
      ]
    )
    assert.strictEqual(expiredAuthorities(all, Date.now()), 1)
    assert.isAbove(earliest(shown, "authority") ?? 0, Date.now())
    assert.strictEqual(expiredAuthorities(all, (earliest(shown, "authority") ?? 0) + 1), 2)
  })

  it("tells only the first end among many authorities", async () => {
    const soon = await makeCa("Soon", { notAfter: new Date(Date.now() + 3_600_000) })
    const late = await makeCa("Late")
    const old = await makeCa("Old", { expired: true })
    const anchors = [old.certPem, ...Array(40).fill(late.certPem), soon.certPem]
    const expiries = shownExpiries(certificateExpiries(material(undefined, anchors)), Date.now())
    assert.deepStrictEqual(
      expiries.map(({ role, subject }) => [role, subject]),
      [["authority", "CN=Soon"]]
    )
    assert.strictEqual(earliest(expiries, "leaf"), undefined)
  })
})
