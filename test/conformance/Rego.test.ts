import * as Fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { type RegoCase, readCases } from "../../tools/conformance/rego/Cases.ts"
import { evaluatesRefused } from "../../tools/conformance/rego/Refused.ts"
import { whyItFails } from "../../tools/conformance/rego/RunCase.ts"

const cases = (file: string): ReadonlyArray<RegoCase> =>
  readCases(Fs.readFileSync(new URL(`./rego/${file}`, import.meta.url), "utf8"))

const failures = (selected: ReadonlyArray<RegoCase>): ReadonlyArray<string> =>
  selected.flatMap((each) => {
    const why = whyItFails(each, false)
    return why === undefined ? [] : [`${each.id}: ${why}`]
  })

describe("Rego", () => {
  it.each(["v0.json", "v1.json"])("answers every case of %s as OPA does", (file) => {
    const evaluated = cases(file).filter((each) => !evaluatesRefused(each))
    assert.isAbove(evaluated.length, 1_280)
    assert.deepStrictEqual(failures(evaluated), [])
  })

  it.each(["v0.json", "v1.json"])("refuses at load the cases of %s that need what is not there", (file) => {
    const refused = cases(file).filter(evaluatesRefused)
    assert.isAbove(refused.length, 130)
    assert.deepStrictEqual(
      refused.filter((each) => !(whyItFails(each, false) ?? "").includes("is not available: replace every call")),
      []
    )
  })
})
