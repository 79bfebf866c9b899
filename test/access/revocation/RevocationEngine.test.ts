/** Revocation against the PKITS cases that are about lists, without a process: the paths are valid, only lists decide. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parseChainCertificate } from "../../../src/access/ChainCertificate.ts"
import { afterListChecks, chainRevocation } from "../../../src/access/Revocation.ts"
import { parseRevocationList } from "../../../src/access/RevocationList.ts"
import { makeRevocationEngine } from "../../../src/access/revocation/RevocationEngine.ts"
import type { Verdict } from "../../../src/access/Verdict.ts"
import { readPem } from "../../../src/credentials/Pem.ts"
import { readCases } from "../../../tools/conformance/pkix/Cases.ts"
import { disposeTestCas, makeCa } from "../../support/TestCa.ts"
import { makeCrl } from "../../support/TestCrl.ts"

afterAll(disposeTestCas)

const data = `${import.meta.dirname}/../../conformance/pkix/cases.json`
const now = new Date("2026-06-01T00:00:00Z")
const dersOf = (pem: string) => readPem(Buffer.from(pem)).map(({ der }) => der)
/** Lists that cannot be read are not given: their cases must be refused. */
const listsOf = (pem: string) =>
  dersOf(pem).flatMap((der) => {
    const list = parseRevocationList(der)
    return Result.isSuccess(list) ? [list.success] : []
  })
const chainOf = (...ders: ReadonlyArray<Uint8Array>) => ders.map((der) => Result.getOrThrow(parseChainCertificate(der)))

describe("the revocation engine", () => {
  it.effect("answers the PKITS cases about lists as the suite expects", () =>
    Effect.gen(function* () {
      const cases = (yield* readCases(data)).filter(
        (each) => each.suite === "PKITS" && each.notApplicable === undefined && each.key !== undefined
      )
      // Cases that are refused for another reason (in 4.5.8 the issuer is no authority) say nothing about lists.
      const aboutLists = cases.filter(
        (each) => (each.needsLists && !each.name.includes("4.5.8 ")) || each.expected === "accept"
      )
      assert.isAbove(aboutLists.length, 90)
      for (const each of aboutLists) {
        const status = chainRevocation(listsOf(each.lists), [each.anchors]).status(dersOf(each.chain), now)
        assert.strictEqual(
          status._tag === "Good",
          each.expected === "accept",
          `${each.name}: ${JSON.stringify(status)}`
        )
      }
    })
  )

  it("takes lists of the authority's other certified key, and none of a key that leads elsewhere", async () => {
    const root = await makeCa("Engine Root")
    const middle = await root.makeIntermediate("Engine Middle")
    const other = await root.makeIntermediate("Engine Middle", { extensions: ["nsComment = other key"] })
    const stranger = await (await makeCa("Engine Stranger")).makeIntermediate("Engine Middle")
    const leaf = await middle.issue({ cn: "leaf" })
    const ofRoot = Result.getOrThrow(parseRevocationList((await makeCrl(root)).der))
    const statusBy = async (signer: typeof root, revoked: ReadonlyArray<typeof leaf> = []) => {
      const list = Result.getOrThrow(parseRevocationList((await makeCrl(signer, { revoked })).der))
      const candidates = chainOf(other.der, stranger.der)
      return makeRevocationEngine([ofRoot, list]).status(
        chainOf(leaf.der, middle.der, root.der),
        candidates,
        new Date()
      )
    }
    assert.deepStrictEqual(await statusBy(other), { _tag: "Good" })
    assert.deepInclude(await statusBy(other, [leaf]), { _tag: "Revoked", leaf: true })
    assert.deepInclude(await statusBy(stranger), { _tag: "Unknown", tolerable: true })
    assert.deepInclude(await statusBy(stranger, [leaf]), { _tag: "Unknown", tolerable: true })
  })

  it("takes no list of a signer that is revoked itself", async () => {
    const root = await makeCa("Engine Root")
    const middle = await root.makeIntermediate("Engine Middle")
    const other = await root.makeIntermediate("Engine Middle", { extensions: ["nsComment = other key"] })
    const leaf = await middle.issue({ cn: "leaf" })
    const lists = await Promise.all([makeCrl(root, { revoked: [other] }), makeCrl(other)])
    const engine = makeRevocationEngine(lists.map(({ der }) => Result.getOrThrow(parseRevocationList(der))))
    const status = engine.status(chainOf(leaf.der, middle.der, root.der), chainOf(other.der), new Date())
    assert.deepInclude(status, { _tag: "Unknown", tolerable: true })
  })

  it("answers in bounded time whatever certificates a peer sends", async () => {
    const root = await makeCa("Engine Root")
    const middle = await root.makeIntermediate("Engine Middle")
    const leaf = await middle.issue({ cn: "leaf" })
    const list = Result.getOrThrow(parseRevocationList((await makeCrl(root)).der))
    const copies = Array.from({ length: 90 }, (_, index) => {
      const copy = Buffer.from(middle.der)
      copy.writeUInt8(index, 20)
      return copy
    })
    const engine = makeRevocationEngine([list])
    const status = engine.status(chainOf(leaf.der, middle.der, root.der), chainOf(...copies), new Date())
    assert.strictEqual(status._tag, "Unknown")
  })
})

describe("afterListChecks", () => {
  const admitted: Verdict = { _tag: "Admitted", by: "test" }
  const unknown: Verdict = { _tag: "Refused", reason: "untrusted", message: "checking" }
  const peer = { chain: [], chainError: undefined }

  it("asks again once the checks are done", async () => {
    const verdicts = [unknown, unknown, admitted]
    const waiting = [Promise.resolve(), Promise.resolve(), undefined]
    const judge = afterListChecks(
      () => verdicts.shift() ?? unknown,
      () => waiting.shift()
    )
    const verdict = judge(peer)
    assert.strictEqual(verdict._tag, "Pending")
    assert.deepStrictEqual(verdict._tag === "Pending" && (await Effect.runPromise(verdict.decide)), admitted)
  })

  it("does not wait where the peer is revoked or nothing is being checked", () => {
    const revoked: Verdict = { _tag: "Refused", reason: "revoked", message: "no" }
    assert.strictEqual(
      afterListChecks(
        () => revoked,
        () => Promise.resolve()
      )(peer),
      revoked
    )
    assert.strictEqual(
      afterListChecks(
        () => admitted,
        () => undefined
      )(peer),
      admitted
    )
  })
})
