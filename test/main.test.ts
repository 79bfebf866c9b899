import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

describe("the program", () => {
  it("says which Node it needs where the one that runs it is older", () => {
    const older = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})"
    const words = ["--import", `data:text/javascript,${older}`, main, "--version"]
    const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: "utf8" })
    assert.deepStrictEqual(
      { status, stderr, stdout },
      { status: 1, stderr: "ghostunnel: error: this is Node 20.20.2, and Node 26 or newer is needed\n", stdout: "" }
    )
  })
})
