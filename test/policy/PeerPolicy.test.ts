import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { serverJudge } from "../../src/access/AccessJudge.ts"
import type { PeerPolicy } from "../../src/access/Verdict.ts"
import { peerPolicy } from "../../src/policy/PeerPolicy.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const compiled = (body: string): PeerPolicy => {
  const text = `package p\nimport rego.v1\n${body}\n`
  const files = { path: "p.rego", kind: "file", members: [{ path: "p.rego", text }] } as const
  return Result.getOrThrow(peerPolicy(files, "data.p.allow"))
}

const leaf = Effect.promise(async () => {
  const ca = await makeCa("policies")
  const { certPem } = await ca.issue({ cn: "alice" })
  return Buffer.from(certPem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64")
})

const nowhere = () => ({})

describe("peerPolicy", () => {
  it.effect("admits only what is exactly true", () =>
    Effect.gen(function* () {
      const der = yield* leaf
      const rows = [
        ['allow if input.certificate.Subject.CommonName == "alice"', "Admitted"],
        ['allow := "true"', "Refused"],
        ["allow := {}", "Refused"],
        ["allow if false", "Refused"],
        ["allow := 1 / 0", "Refused"],
        ["allow := true if true\nallow := false if true", "Refused"]
      ] as const
      for (const [body, expected] of rows) assert.strictEqual(compiled(body)(der, nowhere)._tag, expected, body)
    })
  )

  it.effect("refuses a certificate that it cannot read, and what takes too long", () =>
    Effect.gen(function* () {
      const der = yield* leaf
      assert.strictEqual(compiled("allow := true")(Buffer.of(0x30, 0x01), nowhere)._tag, "Refused")
      const endless = "count([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i == j]) > 0"
      const began = performance.now()
      assert.strictEqual(compiled(`allow if ${endless}`)(der, nowhere)._tag, "Refused")
      assert.isBelow(performance.now() - began, 500)
    })
  )

  it.effect("explains a refusal by the line that fails", () =>
    Effect.gen(function* () {
      const verdict = compiled(
        'allow if {\n  input.certificate.Version == 3\n  input.certificate.Issuer.CommonName == "x"\n}'
      )(yield* leaf, nowhere)
      assert(verdict._tag === "Refused")
      assert.strictEqual(verdict.reason, "acl")
      assert.strictEqual(verdict.why?.presented, "data.p.allow is undefined")
      assert.strictEqual(
        verdict.why?.nearest,
        'data.p.allow at p.rego:3 fails in line 5: input.certificate.Issuer.CommonName == "x"'
      )
    })
  )

  it.effect("asks for the connection each time, and only where the policy reads it", () =>
    Effect.gen(function* () {
      const der = yield* leaf
      let asked = 0
      const from = (remoteAddress: string) => () => {
        asked++
        return { remoteAddress }
      }
      const local = compiled('allow if input.connection.remote_address == "127.0.0.1"')
      assert.strictEqual(local(der, from("127.0.0.1"))._tag, "Admitted")
      assert.strictEqual(local(der, from("10.0.0.1"))._tag, "Refused")
      assert.strictEqual(asked, 2)
      const constant = compiled("allow if input.certificate.Version == 3")
      assert.strictEqual(constant(der, from("127.0.0.1")), constant(der, from("10.0.0.1")))
      assert.strictEqual(asked, 2)
    })
  )

  it.effect("is never asked about a chain that does not verify, and its defect refuses", () =>
    Effect.gen(function* () {
      const rules = {
        _tag: "Policy",
        path: "p.rego",
        query: "data.p.allow",
        rules: { commonNames: [], organizationalUnits: [], dnsNames: [], ipAddresses: [], uriPatterns: [] }
      } as const
      const der = yield* leaf
      let asked = 0
      const policy: PeerPolicy = () => {
        asked++
        throw new Error("defect")
      }
      const judge = Result.getOrThrow(serverJudge(rules, { policy }))
      const verdict = (chainError: string | undefined) => judge({ chain: [der], chainError })._tag
      assert.strictEqual(verdict("SELF_SIGNED_CERT_IN_CHAIN"), "Refused")
      assert.strictEqual(asked, 0)
      assert.strictEqual(verdict(undefined), "Refused")
      assert.strictEqual(asked, 1)
      assert.strictEqual(Result.getOrThrow(serverJudge(rules))({ chain: [der], chainError: undefined })._tag, "Refused")
    })
  )
})
