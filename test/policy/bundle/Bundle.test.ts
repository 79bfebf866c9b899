import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { readBundle } from "../../../src/policy/bundle/Bundle.ts"

const text = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom(
    "package p\nx := 1",
    "package q.r\ny if true",
    '{"roots": ["p"]}',
    '{"rego_version": 0, "roots": null}',
    "a: [&x 1, *x]"
  )
)
const path = fc.constantFrom(
  ".manifest",
  "data.json",
  "p/data.json",
  "q/data.yaml",
  "a.rego",
  "q/b.rego",
  "policy.wasm"
)
const members = fc.uniqueArray(fc.record({ path, text }), { selector: (member) => member.path })

describe("a bundle", () => {
  it("is read or refused with a typed error, whatever its files hold", () => {
    let read = 0
    fc.assert(
      fc.property(members, (files) => {
        const result = readBundle({ path: "b", kind: "bundle", members: files })
        if (Result.isSuccess(result)) read++
        else assert.strictEqual(result.failure._tag, "PolicyLoadError")
      }),
      { numRuns: 1_000, seed: 1 }
    )
    assert.isAbove(read, 50)
  })
})
