import { assert, describe, it } from "@effect/vitest"
import { unixPathLimit, unixPathProblem } from "../../src/config/UnixPath.ts"

describe("unixPathProblem", () => {
  it("counts bytes", () => {
    assert.isUndefined(unixPathProblem("x".repeat(unixPathLimit)))
    assert.isUndefined(unixPathProblem(`${"ü".repeat(Math.floor(unixPathLimit / 2))}`))
    const long = "ü".repeat(unixPathLimit)
    assert.strictEqual(
      unixPathProblem(long),
      `the path has ${2 * unixPathLimit} bytes, a UNIX socket's has at most ${unixPathLimit}: choose a shorter one`
    )
  })
})
