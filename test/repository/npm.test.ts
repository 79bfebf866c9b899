import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { root } from "./Files.ts"

/** Loaded into npm: the Node it runs on says that it is an older one. */
const older = "data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})"

describe("npm ci", () => {
  it("is quiet on a Node that npm itself may run on", () => {
    const folder = mkdtempSync(join(tmpdir(), "gt-npm-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, "tools"))
    for (const name of ["package.json", "package-lock.json", "tools/node", ".npmrc"]) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true })
    }
    const { NODE_OPTIONS: _, ...rest } = process.env
    // What `npm test` has set for this process must not stand in for the project's own settings.
    const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^npm_config_loglevel$/i.test(name)))
    const { status, stderr } = spawnSync("npm", ["ci", "--dry-run", "--offline"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...env, NODE_OPTIONS: `--import=${older}` }
    })
    assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
  })
})
