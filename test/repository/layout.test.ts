import * as Path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parseAst } from "rolldown/parseAst"
import { exists, read, sources } from "./Files.ts"

const files = ["src", "test", "bench", "tools"].flatMap((folder) => sources(folder).map((path) => `${folder}/${path}`))

/** A file whose statements all pass on other files' exports. */
const isBarrel = (source: string): boolean => {
  const { body } = parseAst(source, { lang: "ts" })
  return (
    body.length > 0 &&
    body.every(
      (statement) =>
        statement.type === "ExportAllDeclaration" ||
        (statement.type === "ExportNamedDeclaration" && statement.source !== null)
    )
  )
}

describe("the layout", () => {
  it("has no file over 400 lines", () => {
    assert.deepStrictEqual(
      files.filter((file) => read(file).split("\n").length > 401),
      []
    )
  })

  it("names folders by what is in them", () => {
    const vague = ["utils", "util", "shared", "helpers", "common", "lib", "misc", "types"]
    assert.deepStrictEqual(
      files.filter((file) =>
        Path.dirname(file)
          .split("/")
          .some((folder) => vague.includes(folder))
      ),
      []
    )
  })

  it("has no barrel but the public one", () => {
    assert.isTrue(isBarrel('export * from "./A.ts"\nexport { b } from "./B.ts"'))
    assert.isFalse(isBarrel('export * from "./A.ts"\nexport const b = 1'))
    assert.deepStrictEqual(
      files.filter((file) => file !== "src/index.ts" && (/\/index\.ts$/.test(file) || isBarrel(read(file)))),
      []
    )
  })

  it("has tests for every folder of src, and no folder of tests without one", () => {
    const own = ["scenario", "embed", "runner", "support", "nix", "repository", "demo", "bench", "conformance"]
    /** Folders, at any depth, that hold files of this kind; what is below a folder counts for it too. */
    const foldersOf = (paths: ReadonlyArray<string>): ReadonlySet<string> =>
      new Set(
        paths.flatMap((path) => {
          const parts = path.split("/").slice(0, -1)
          return parts.map((_, depth) => parts.slice(0, depth + 1).join("/"))
        })
      )
    const tested = foldersOf(sources("test").filter((path) => path.endsWith(".test.ts")))
    const folders = foldersOf(sources("src"))
    assert.deepStrictEqual(
      [...folders].filter((folder) => !tested.has(folder)),
      [],
      "folders of src without tests"
    )
    const tops = new Set([...tested].map((folder) => folder.split("/")[0] ?? folder))
    assert.deepStrictEqual(
      [...tops].filter((folder) => !own.includes(folder) && !exists(`src/${folder}`)),
      [],
      "folders of test without sources"
    )
  })
})
