/** The search for paths on made-up certificates: a signature is a relation that the test knows. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { PathSearch, type SearchOptions } from "../../src/access/CandidatePaths.ts"
import { chainLimits } from "../../src/access/ChainLimits.ts"
import type { PathCertificate, PresentedCertificate } from "../../src/access/PathCertificate.ts"

interface Made {
  readonly subject: string
  readonly issuer: string
  /** Its key, and the key that signed it. */
  readonly key: number
  readonly by: number
  readonly flawed?: boolean
  readonly keyId?: string
  readonly issuerKeyId?: string
}

const signers = new WeakMap<PathCertificate, number>()

const certificate = (made: Made, index: number): PathCertificate => {
  const id = `${index}`
  const result: PathCertificate = {
    id,
    der: Buffer.from(id),
    subject: made.subject,
    issuer: made.issuer,
    name: made.subject,
    issuerName: made.issuer,
    serial: id,
    keyId: made.keyId,
    issuerKeyId: made.issuerKeyId,
    keyHash: `${made.key}`,
    maySignLists: true,
    maySignCertificates: made.flawed !== true,
    version: 3,
    notBefore: 0,
    notAfter: Infinity,
    basicConstraints: { isAuthority: true, pathLength: undefined },
    extendedKeyUsages: undefined,
    constraints: () => undefined,
    names: () => ({ dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] }),
    signs: true,
    unprocessed: undefined,
    get x509(): never {
      throw new Error("nobody needs it")
    }
  }
  signers.set(result, made.by)
  return result
}

const search = (made: ReadonlyArray<Made>, anchorsMade: ReadonlyArray<Made>) => {
  const sent = made.map(certificate)
  const anchors = anchorsMade.map((each, index) => certificate(each, 1000 + index))
  const asked: Array<readonly [PathCertificate, PathCertificate]> = []
  const linked = new Set(anchors.map(({ id }) => id))
  const early: Array<string> = []
  const [leaf] = sent
  if (leaf === undefined) throw new Error("no leaf")
  const presented = (each: PathCertificate): PresentedCertificate => ({
    id: each.id,
    subject: each.subject,
    issuer: each.issuer,
    read: () => each
  })
  const options: SearchOptions = {
    sent: sent.map(presented),
    anchors: {
      has: (der) => anchors.some((each) => each.der === der),
      named: (subject) => anchors.filter((each) => each.subject === subject)
    },
    signed: (child, issuer) => {
      asked.push([child, issuer])
      if (!linked.has(issuer.id)) early.push(`${child.id} by ${issuer.id}`)
      const matches = signers.get(child) === Number(issuer.keyHash)
      if (matches) linked.add(child.id)
      return matches
    },
    flawed: ({ maySignCertificates }) => !maySignCertificates,
    deadEnd: () => {}
  }
  const run = new PathSearch(leaf, options)
  const paths = [...run.paths()].map((path) => path.map(({ id }) => id))
  return { asked, early, paths, run }
}

const leaf: Made = { subject: "leaf", issuer: "A", key: 1, by: 2 }

describe("candidate paths", () => {
  it("lead from the anchor to the leaf", () => {
    const { paths, run } = search(
      [leaf, { subject: "A", issuer: "R", key: 2, by: 3 }],
      [{ subject: "R", issuer: "R", key: 3, by: 3 }]
    )
    assert.deepStrictEqual(paths, [["0", "1", "1000"]])
    assert.strictEqual(run.signatures, 2)
  })

  it("are found among anchors of one name by their keys", () => {
    const anchors = [7, 8, 2].map((key) => ({ subject: "A", issuer: "A", key, by: key }))
    assert.deepStrictEqual(search([leaf], anchors).paths, [["0", "1002"]])
  })

  it("are tried first where key identifiers match, and do not need that they do", () => {
    const named = { ...leaf, issuerKeyId: "right" }
    const wrong = { subject: "A", issuer: "A", key: 9, by: 9, keyId: "wrong" }
    const right = { subject: "A", issuer: "A", key: 2, by: 2, keyId: "right" }
    assert.strictEqual(search([named], [wrong, right]).asked[0]?.[1].id, "1001")
    assert.deepStrictEqual(search([named], [{ ...right, keyId: "other" }]).paths, [["0", "1000"]])
  })

  it("avoid a cross-signed certificate that leads nowhere", () => {
    const elsewhere = { subject: "A", issuer: "gone", key: 2, by: 5 }
    const here = { subject: "A", issuer: "R", key: 2, by: 3 }
    const { paths } = search([leaf, elsewhere, here], [{ subject: "R", issuer: "R", key: 3, by: 3 }])
    assert.deepStrictEqual(paths, [["0", "2", "1000"]])
  })

  it("name the issuer that is missing", () => {
    const { run } = search([leaf, { subject: "A", issuer: "gone", key: 2, by: 5 }], [])
    assert.strictEqual(run.topmost()?.issuer, "gone")
  })

  it("cost a stranger no signature unless a name leads to an anchor, and then few", () => {
    const strangers = Array.from({ length: 40 }, (_, key) => ({ subject: "A", issuer: "A", key: 50 + key, by: 99 }))
    assert.strictEqual(search([leaf, ...strangers], [{ subject: "R", issuer: "R", key: 3, by: 3 }]).run.signatures, 0)
    const { paths, run } = search([leaf, ...strangers], [{ subject: "A", issuer: "A", key: 3, by: 3 }])
    assert.deepStrictEqual(paths, [])
    assert.strictEqual(run.signatures, chainLimits.mismatches)
    assert.isString(run.exceeded)
  })

  it("are sound, bounded, and as many as a plain search finds", () => {
    const name = fc.constantFrom("A", "B", "C", "D")
    const key = fc.integer({ min: 1, max: 4 })
    const any = fc.record({ subject: name, issuer: name, key, by: key })
    void fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), fc.array(any, { maxLength: 3 }), key, (others, anchors, by) => {
        const { asked, early, paths, run } = search([{ ...leaf, by }, ...others], anchors)
        assert.isAtMost(run.signatures, chainLimits.signatures)
        assert.isAtMost(paths.length, chainLimits.paths)
        assert.deepStrictEqual(early, [], "a signature was checked with the key of nobody's certificate")
        const edges = asked.map(([child, issuer]) => `${child.id} ${issuer.keyHash}`)
        assert.strictEqual(new Set(edges).size, edges.length, "an edge was checked twice")
        const all = [{ ...leaf, by }, ...others].map(certificate)
        const top = anchors.map((each, index) => certificate(each, 1000 + index))
        const byId = new Map([...all, ...top].map((each) => [each.id, each]))
        for (const path of paths) {
          assert.isTrue(path[0] === "0" && Number(path.at(-1)) >= 1000, `${path}`)
          for (const [index, id] of path.slice(1).entries()) {
            const [child, issuer] = [byId.get(path[index] ?? ""), byId.get(id)]
            assert.isTrue(child !== undefined && issuer !== undefined && child.issuer === issuer.subject)
            assert.strictEqual(child === undefined ? NaN : signers.get(child), Number(issuer?.keyHash))
          }
        }
        // Whenever a plain search finds a way, so does this one, unless a limit has ended it.
        const reaches = (from: PathCertificate, seen: ReadonlyArray<string>): boolean => {
          const up = (each: PathCertificate) =>
            each.subject === from.issuer && signers.get(from) === Number(each.keyHash)
          return (
            top.some(up) ||
            all.slice(1).some((each) => up(each) && !seen.includes(each.id) && reaches(each, [...seen, each.id]))
          )
        }
        const [first] = all
        if (first !== undefined && run.exceeded === undefined)
          assert.strictEqual(paths.length > 0, reaches(first, ["0"]))
      }),
      { numRuns: 500 }
    )
  })
})
