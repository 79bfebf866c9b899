import { describe, expect, it } from "vitest"
import { quirks } from "./Quirks.ts"
import { all } from "./Scenarios.ts"

describe("decisions on quirks", () => {
  it("were made for every row of the Go program's list", () => {
    expect(quirks.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
  it.each(quirks)("$row: $quirk: $decision", ({ scenarios }) => {
    const known = new Set<string>(all.map(({ name }) => name))
    for (const name of scenarios) expect(known).toContain(name)
  })
})
