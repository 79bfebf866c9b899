/** Revocation lists as part of the credentials: read, refused and reloaded with them. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Credentials } from "../../src/credentials/Credentials.ts"
import { files, none } from "../support/CredentialFiles.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import { makeCrl } from "../support/TestCrl.ts"

afterAll(disposeTestCas)

describe("revocation lists", () => {
  const load = (...listPaths: readonly [string, ...Array<string>]) =>
    Effect.gen(function* () {
      const { paths } = yield* files
      const layer = Credentials.layer(none, paths.ca, {}, { revocation: { listPaths, mode: "warn" } })
      return yield* Credentials.pipe(Effect.provide(layer))
    })

  it.effect("come from PEM with several of them and from DER, and through a structured clone", () =>
    Effect.gen(function* () {
      const { ca, first, second, put } = yield* files
      const [a, b] = yield* Effect.promise(() =>
        Promise.all([makeCrl(ca, { revoked: [first] }), makeCrl(ca, { revoked: [first, second] })])
      )
      const pem = put("two.pem", `some words\n${a.pem}${first.certPem}${b.pem}`)
      const { revocation } = (yield* load(pem, put("one.crl", b.der))).current()
      assert.strictEqual(revocation?.mode, "warn")
      assert.deepStrictEqual(
        revocation?.lists.map(({ entries }) => entries.count),
        [1, 2, 2]
      )
      assert.deepStrictEqual(structuredClone(revocation), revocation)
    })
  )

  it.effect("that cannot be read are a failure that names the file", () =>
    Effect.gen(function* () {
      const { at, ca, put } = yield* files
      const { der, pem } = yield* Effect.promise(() => makeCrl(ca))
      const whole = put("whole.pem", pem)
      const bad: ReadonlyArray<readonly [path: string, why: string]> = [
        [at("absent"), `open ${at("absent")}: no such file or directory`],
        [put("empty", ""), `${at("empty")}: it holds none, neither PEM nor DER`],
        [put("cert", ca.certPem), `${at("cert")}: it holds none, neither PEM nor DER`],
        [
          put("cert.der", ca.der),
          `${at("cert.der")}: unusable revocation list: inner and outer signature algorithm identifiers don't match`
        ],
        [put("cut.der", der.subarray(0, 100)), `${at("cut.der")}: unusable revocation list: truncated`],
        [put("damaged", `${pem}${pem.replace("MI", "??")}`), `${at("damaged")}: a block of it is damaged`],
        [put("no end", `${pem}${pem.replace("-----END", "")}`), `${at("no end")}: a block of it is damaged`]
      ]
      for (const [path, why] of bad) {
        const { message } = yield* Effect.flip(load(whole, path))
        assert.strictEqual(message, `loading revocation lists: ${why}`)
      }
    })
  )

  it.effect("stay what they were when one of them is bad at a reload", () =>
    Effect.gen(function* () {
      const { ca, first, put } = yield* files
      const [none, some] = yield* Effect.promise(() => Promise.all([makeCrl(ca), makeCrl(ca, { revoked: [first] })]))
      const [path, other] = [put("list.pem", none.pem), put("other.pem", none.pem)]
      const credentials = yield* load(path, other)
      const before = credentials.current()
      put("list.pem", some.pem)
      put("other.pem", "garbage")
      assert.match((yield* Effect.flip(credentials.reload)).message, /other\.pem: it holds none/)
      assert.strictEqual(credentials.current(), before)
      put("other.pem", none.pem)
      assert.strictEqual((yield* credentials.reload).revocation?.lists[0]?.entries.count, 1)
    })
  )
})
