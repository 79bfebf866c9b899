/** Stapled OCSP responses: who may sign them, what they say, and what damaged ones are worth. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { parseOcspResponse } from "../../../src/access/ocsp/OcspResponse.ts"
import { type StapleMode, stapleCheck } from "../../../src/access/ocsp/StapleCheck.ts"
import { disposeTestCas, makeCa } from "../../support/TestCa.ts"
import { makeOcspResponse, type OcspSpec } from "../../support/TestOcsp.ts"

afterAll(disposeTestCas)

const stage = async () => {
  const root = await makeCa("Staple Root")
  const middle = await root.makeIntermediate("Staple Middle")
  return { root, middle, leaf: await middle.issue({ cn: "server" }) }
}

const staged = stage()
const cast = () => staged

const check = async (staple: Uint8Array | undefined, mode: StapleMode = "staple", at = Date.now()) => {
  const { leaf, middle, root } = await cast()
  return stapleCheck(mode, [root.certPem], () => at)([leaf.der, middle.der], staple)
}

const made = async (spec: OcspSpec = {}) => {
  const { leaf, middle } = await cast()
  return makeOcspResponse(middle, leaf, spec)
}

describe("a stapled response", () => {
  it("is good when the issuer says so, by either digest", async () => {
    for (const digest of ["sha1", "sha256"] as const) assert.isUndefined(await check(await made({ digest })))
  })

  it("refuses what is revoked or unknown, and what is out of date", async () => {
    assert.deepInclude(await check(await made({ status: "revoked" })), { reason: "revoked" })
    assert.match(
      (await check(await made({ status: "unknown" })))?.message ?? "",
      /the OCSP responder does not know it$/
    )
    const day = 86_400_000
    const staple = await made()
    assert.match((await check(staple, "staple", Date.now() + 3 * day))?.message ?? "", /was valid until 20/)
    assert.match((await check(staple, "staple", Date.now() - day))?.message ?? "", /begins at 20/)
  })

  it("may come from a responder that the issuer has delegated, and from no other", async () => {
    const { leaf, middle, root } = await cast()
    const signing = { cn: "responder", eku: "none", extensions: ["extendedKeyUsage = OCSPSigning"] } as const
    const delegated = await middle.issue(signing)
    const ofRoot = await root.issue(signing)
    const useless = await middle.issue({ cn: "no responder" })
    const expired = await middle.issue({ ...signing, expired: true })
    const by = async (responder: typeof delegated) => check(await makeOcspResponse(middle, leaf, { responder }))
    assert.isUndefined(await by(delegated))
    for (const other of [ofRoot, useless, expired, leaf]) {
      assert.match((await by(other))?.message ?? "", /not signed by the certificate's issuer or a responder of its$/)
    }
  })

  it("is about this certificate of this issuer", async () => {
    const { middle, root } = await cast()
    const other = await middle.issue({ cn: "other" })
    const elsewhere = await (await makeCa("Staple Stranger")).makeIntermediate("Staple Middle")
    const { leaf } = await cast()
    for (const response of [
      await makeOcspResponse(middle, other),
      await makeOcspResponse(root, leaf),
      await makeOcspResponse(elsewhere, leaf)
    ]) {
      assert.match((await check(response))?.message ?? "", /it is about another certificate$/)
    }
  })

  it("may be missing unless it is required or the certificate demands it", async () => {
    const { middle, root } = await cast()
    assert.isUndefined(await check(undefined))
    const missing = /the server stapled no OCSP response$/
    assert.match((await check(undefined, "require"))?.message ?? "", missing)
    const demanding = await middle.issue({ cn: "must", extensions: ["tlsfeature = status_request"] })
    const problem = stapleCheck("staple", [root.certPem])([demanding.der, middle.der], undefined)
    assert.match(problem?.message ?? "", missing)
  })

  it("is never accepted with a change, and never crashes the check", async () => {
    const der = await made()
    const { leaf, middle, root } = await cast()
    const of = stapleCheck("staple", [root.certPem])
    const changes = fc.property(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = Buffer.from(der)
      changed.writeUInt8(changed.readUInt8(at) ^ bits, at)
      const response = parseOcspResponse(changed)
      const before = parseOcspResponse(der)
      // The responder's certificate and the envelope are not signed.
      if (of([leaf.der, middle.der], changed) === undefined) {
        assert.deepStrictEqual(
          [response._tag, response._tag === "Success" && Buffer.from(response.success.signed).toString("hex")],
          ["Success", before._tag === "Success" && Buffer.from(before.success.signed).toString("hex")]
        )
      }
    })
    void fc.assert(changes, { numRuns: 300 })
    for (let length = 0; length < der.length; length += 7) {
      assert.isDefined(of([leaf.der, middle.der], der.subarray(0, length)))
    }
  })
})
