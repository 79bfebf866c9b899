/** Nobody loses a scenario unnoticed: the table's counts per cell are committed and may only be changed on purpose. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { can, isFeature } from "../support/Machine.ts"
import { cellsOf } from "../support/Matrix.ts"
import { all, countPerCell, scenarios } from "./Scenarios.ts"

const manifest = new URL("./counts.json", import.meta.url)

const committed = (): Readonly<Record<string, number>> => {
  const value: unknown = JSON.parse(readFileSync(manifest, "utf8"))
  assert.isObject(value)
  return Object.fromEntries(Object.entries({ ...(value ?? {}) }).map(([name, count]) => [name, Number(count)]))
}

describe("the table of scenarios", () => {
  it("has not shrunk in any cell", () => {
    const counts = countPerCell()
    if (process.env.CI) {
      for (const [cell, count] of Object.entries(counts)) console.log(`scenarios in ${cell}: ${count}`)
      for (const { name, needs } of all) {
        const lacking = needs.filter((need) => isFeature(need) && !can(need))
        if (lacking.length > 0) console.log(`not registered here, for want of ${lacking.join(", ")}: ${name}`)
      }
    }
    if (process.env.UPDATE_SCENARIO_COUNTS) writeFileSync(manifest, `${JSON.stringify(counts, null, 2)}\n`)
    assert.deepEqual(counts, committed(), "run with UPDATE_SCENARIO_COUNTS=1 if this is on purpose")
  })

  it("names every scenario once", () => {
    const names = all.map(({ name }) => name)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      []
    )
  })

  it("runs every scenario somewhere", () => {
    for (const each of all) assert.isAbove(cellsOf(each).length, 0, each.name)
  })

  it("has a test file for every topic", () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"))
    const running = files.filter((name) =>
      readFileSync(`${import.meta.dirname}/${name}`, "utf8").includes("\nrunTopic(")
    )
    assert.deepEqual(
      running.sort(),
      Object.keys(scenarios)
        .map((topic) => `${topic}.test.ts`)
        .sort()
    )
    for (const name of running) {
      const text = readFileSync(`${import.meta.dirname}/${name}`, "utf8")
      assert.include(text, `runTopic("${name.slice(0, -".test.ts".length)}", `)
    }
  })
})
