import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { state, stateSync } from "../../src/credentials/FileState.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-file-state-"))
afterAll(() => rmSync(directory, { recursive: true }))
const at = (name: string) => join(directory, name)

/** What happens to a file whose name is given, and whether that is a change. */
const happenings: ReadonlyArray<readonly [name: string, changes: boolean, happen: (path: string) => void]> = [
  ["nothing", false, () => {}],
  ["another file is written", false, () => writeFileSync(at("other"), "x")],
  ["it is written in place with as many bytes", true, (path) => writeFileSync(path, "2")],
  ["it grows", true, (path) => writeFileSync(path, "12")],
  [
    "another takes its place",
    true,
    (path) => {
      writeFileSync(at("new"), "1")
      renameSync(at("new"), path)
    }
  ],
  ["it is removed", true, (path) => unlinkSync(path)],
  [
    "a link further up leads elsewhere",
    true,
    () => {
      symlinkSync("second", at("tmp"))
      renameSync(at("tmp"), at("data"))
    }
  ],
  [
    "a directory above it is gone",
    true,
    () => {
      unlinkSync(at("data"))
      writeFileSync(at("data"), "a file now")
    }
  ]
]

describe("state", () => {
  for (const [name, changes, happen] of happenings) {
    it(`${changes ? "changes" : "stays"} when ${name}`, async () => {
      for (const each of ["first", "second"]) {
        mkdirSync(at(each), { recursive: true })
        writeFileSync(join(at(each), "file"), "1")
      }
      rmSync(at("data"), { force: true })
      symlinkSync("first", at("data"))
      const path = join(at("data"), "file")
      const before = stateSync([path])
      assert.strictEqual(await state([path]), before)
      happen(path)
      assert.strictEqual(stateSync([path]) !== before, changes)
      assert.strictEqual(await state([path]), stateSync([path]))
    })
  }

  it("is one of all files", () => {
    writeFileSync(at("a"), "1")
    writeFileSync(at("b"), "1")
    const before = stateSync([at("a"), at("b")])
    writeFileSync(at("b"), "22")
    assert.notStrictEqual(stateSync([at("a"), at("b")]), before)
  })
})
