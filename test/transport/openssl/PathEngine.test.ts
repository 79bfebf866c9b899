/** The engine admits nothing on its own: a path whose signatures it has not checked, or one asked for too late, never passes. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { serverJudge } from "../../../src/access/AccessJudge.ts"
import { verifyChain } from "../../../src/access/ChainVerifier.ts"
import { type PathCertificate, parsePathCertificate } from "../../../src/access/PathCertificate.ts"
import { loadOpenSsl } from "../../../src/transport/openssl/OpenSsl.ts"
import { OpenSslPathEngine } from "../../../src/transport/openssl/PathEngine.ts"
import { disposeTestCas, makeCa } from "../../support/TestCa.ts"

afterAll(disposeTestCas)

const openSsl = loadOpenSsl()
const role = { usage: "1.3.6.1.5.5.7.3.2", host: undefined }
const read = (der: Uint8Array): PathCertificate => Result.getOrThrow(parsePathCertificate(der))

describe.skipIf(openSsl === undefined)("the engine", () => {
  const made = async () => {
    const root = await makeCa("Engine Root")
    const middle = await root.makeIntermediate("Engine Middle")
    const leaf = await middle.issue({ cn: "leaf" })
    if (openSsl === undefined) throw new Error("no OpenSSL")
    return { engine: new OpenSslPathEngine(openSsl, [root.certPem]), root, middle, leaf, chain: [leaf.der, middle.der] }
  }

  it("refuses a path whose signatures were not checked, and takes it once they were", async () => {
    const { engine, leaf, middle, root } = await made()
    const path = [leaf.der, middle.der, root.der].map(read)
    const [bottom, between, top] = path
    if (bottom === undefined || between === undefined || top === undefined) return assert.fail()
    engine.check(({ flaw, signed }) => {
      assert.deepStrictEqual(flaw(path), { error: "CERT_SIGNATURE_FAILURE", at: 0 })
      assert.isTrue(signed(bottom, between))
      assert.deepStrictEqual(flaw(path), { error: "CERT_SIGNATURE_FAILURE", at: 1 })
      assert.isFalse(signed(bottom, top))
      assert.isTrue(signed(between, top))
      assert.isUndefined(flaw(path))
      // The same certificates in another order are no path.
      assert.isDefined(flaw([between, bottom, top]))
    })
    engine.dispose()
  })

  it("refuses a certificate with one bit changed, wherever it is", async () => {
    const { chain, engine } = await made()
    assert.strictEqual(verifyChain(engine, chain, role, new Date(), undefined)._tag, "Verified")
    const [leaf = Buffer.alloc(0), middle = Buffer.alloc(0)] = chain
    for (let at = 0; at < leaf.length; at += 7) {
      const changed = Buffer.from(leaf)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.strictEqual(verifyChain(engine, [changed, middle], role, new Date(), undefined)._tag, "Refused", `${at}`)
    }
    engine.dispose()
  })

  it("makes judges refuse once it is gone, even what it has verified before", async () => {
    const { chain, engine } = await made()
    const judge = Result.getOrThrow(serverJudge({ _tag: "AnyVerified" }))
    const verdict = () => judge({ chain, chainError: "UNVERIFIED", paths: engine })
    assert.strictEqual(verdict()._tag, "Admitted")
    engine.dispose()
    engine.dispose()
    assert.strictEqual(verdict()._tag, "Refused")
  })

  it("is not asked for anything by pins", async () => {
    const { chain, engine } = await made()
    const pins = [`sha256:${Buffer.alloc(32).toString("base64")}`]
    const judge = Result.getOrThrow(serverJudge({ _tag: "Pins", pins }))
    const nobody = { ...engine, check: () => assert.fail("asked"), read: () => assert.fail("asked") }
    assert.strictEqual(judge({ chain, chainError: "UNVERIFIED", paths: nobody })._tag, "Refused")
    engine.dispose()
  })
})
