import { assert, describe, it } from "@effect/vitest"
import { explain } from "../../../src/policy/explanation/Explanation.ts"
import { explanationLines } from "../../../src/policy/explanation/ExplanationText.ts"
import { Program } from "../../../src/policy/explanation/Program.ts"
import { Budget } from "../../../src/policy/rego/Budget.ts"
import { record } from "../../../src/policy/rego/values/Collections.ts"
import { fromJavaScript } from "../../../src/policy/rego/values/Json.ts"

const program = (text: string, query = "data.p.allow") =>
  new Program({
    modules: [{ file: "p.rego", text, version: 1 }],
    query,
    queryVersion: 1,
    data: record({ units: ["ops"] })
  })

const explained = (text: string, input: unknown, steps = 1_000_000): ReadonlyArray<string> =>
  explanationLines(explain(program(text), { input: fromJavaScript(input), budget: new Budget({ steps }) }))

const policy = `package p

allow if {
  input.name == "client"
  trusted
  not revoked
}

allow if startswith(lower(input.name), "adm")

trusted if {
  some unit in input.units
  unit in data.units
}

revoked if input.serial in {1, 2}
`

describe("the explanation of a denial", () => {
  it("shows the closest body first, and the rules that its failed line needs", () => {
    assert.deepStrictEqual(explained(policy, { name: "client", units: ["dev"], serial: 5 }), [
      "closest rules:",
      "  data.p.allow at p.rego:3 does not hold",
      '    holds  4: input.name == "client"',
      "    FAILS  5: trusted",
      "           6: not revoked",
      "      data.p.trusted is undefined",
      "      data.p.trusted at p.rego:11 does not hold",
      "        holds  12: some unit in input.units",
      "        FAILS  13: unit in data.units",
      '          data.units is ["ops"]',
      "  data.p.allow at p.rego:9 does not hold",
      '    FAILS  9: allow if startswith(lower(input.name), "adm")',
      '      input.name is "client"'
    ])
  })

  it("shows the value of what should not hold", () => {
    const lines = explained(policy, { name: "client", units: ["ops"], serial: 1 })
    assert.includeMembers([...lines], ["    FAILS  6: not revoked", "      data.p.revoked is true"])
  })

  it("evaluates what a line needs under its with", () => {
    const lines = explained('package p\nallow if inner with input as {"a": 1}\ninner if input.a == 2\n', { a: 2 })
    assert.includeMembers([...lines], ["        FAILS  3: inner if input.a == 2"])
  })

  it("escapes what would move a terminal's cursor, and cuts long values", () => {
    const [, , , shown] = explained('package p\nallow if input.a == "x"\n', {
      a: `\u001b[2J\u009b\u202e${"y".repeat(500)}`
    })
    assert.match(shown ?? "", /^ {6}input\.a is "\\u001b\[2J\\u009b\\u202ey{150,200}…$/)
  })

  it("is left out when the budget is used up, and does not follow circles or great depth", () => {
    const slow = "package p\nallow if {\n  some x in numbers.range(1, 100000)\n  x < 0\n}\n"
    assert.deepStrictEqual(explained(slow, {}, 10_000), [])
    const chain = Array.from({ length: 50 }, (_, index) => `r${index} if r${index + 1}`).join("\n")
    assert.isBelow(explained(`package p\nallow if r0\n${chain}\nr50 if input.x\n`, {}).length, 20)
  })
})
