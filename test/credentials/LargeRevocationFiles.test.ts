/** Lists with 400,000 entries: read without a long pause of the thread, found in full, and checked beside its work. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parseChainCertificate } from "../../src/access/ChainCertificate.ts"
import { makeRevocationEngine } from "../../src/access/revocation/RevocationEngine.ts"
import { writePem } from "../../src/credentials/Pem.ts"
import { readRevocationLists } from "../../src/credentials/RevocationFiles.ts"
import { files } from "../support/CredentialFiles.ts"
import { makeLargeCrl } from "../support/LargeCrl.ts"
import { disposeTestCas } from "../support/TestCa.ts"

afterAll(disposeTestCas)

/** The most processor time that this thread used in one turn of the event loop, and all it used; in milliseconds. */
const turns = () => {
  const begun = process.threadCpuUsage()
  let last = begun
  let longest = 0
  let next: NodeJS.Immediate | undefined
  const millis = ({ system, user }: NodeJS.CpuUsage) => (system + user) / 1000
  const turn = () => {
    longest = Math.max(longest, millis(process.threadCpuUsage(last)))
    last = process.threadCpuUsage()
    next = setImmediate(turn)
  }
  next = setImmediate(turn)
  return () => {
    clearImmediate(next)
    return {
      longest: Math.max(longest, millis(process.threadCpuUsage(last))),
      all: millis(process.threadCpuUsage(begun))
    }
  }
}

const chainOf = (...ders: ReadonlyArray<Uint8Array>) => ders.map((der) => Result.getOrThrow(parseChainCertificate(der)))

describe("a list with 400,000 entries", () => {
  it.live("is read in slices and checked in slices", () =>
    Effect.gen(function* () {
      const { ca, first, put, second } = yield* files
      const der = makeLargeCrl(ca, 400_000, [first])
      assert.isAbove(der.length, 16 * 1024 * 1024)
      for (const path of [put("large.crl", der), put("large.pem", writePem("X509 CRL", der))]) {
        const end = turns()
        const lists = yield* readRevocationLists([path])
        const { all, longest } = end()
        assert.strictEqual(lists[0]?.entries.count, 400_001)
        // The share depends neither on how fast the machine is nor on what else it does.
        assert.isBelow(longest, all / 4, `${longest} of ${all} ms`)

        const engine = makeRevocationEngine(lists)
        const status = (leaf: Uint8Array) => engine.status(chainOf(leaf, ca.der), [], new Date())
        if (path.endsWith(".crl")) {
          assert.deepInclude(status(second.der), { _tag: "Unknown", tolerable: false })
          yield* Effect.promise(() => engine.takeWaiting() ?? Promise.reject(new Error("nothing is being checked")))
        }
        assert.deepStrictEqual(status(second.der), { _tag: "Good" })
        assert.strictEqual(status(first.der)._tag, "Revoked")
        assert.isUndefined(engine.takeWaiting())
      }
    })
  )
})
