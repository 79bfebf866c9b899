import { assert, describe, it } from "@effect/vitest"
import { exists, manifest, read, sources } from "./Files.ts"

const readme = read("README.md")
const documents = [
  "README.md",
  "docs/dependencies.md",
  "docs/differences.md",
  "docs/migrating.md",
  "docs/credentials.md",
  "docs/monitoring.md",
  "docs/profiling.md",
  "docs/status-page.md"
]
const scripts = manifest().scripts
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text
}))
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))

describe("the README", () => {
  it("names npm scripts that exist", () => {
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/\bnpm (?:run )?(start|test|build|check|bench|\w+:\w+)\b/g)].map(([, name = ""]) => name)
    )
    assert.includeMembers([...new Set(named)], ["start", "test", "check", "build"])
    assert.deepStrictEqual(
      named.filter((name) => !(name in scripts)),
      []
    )
  })

  it("gives the two commands that start and test the project", () => {
    assert.includeMembers(commands, ["npm ci && npm start", "npm ci && npm test"])
  })

  it("names files that exist", () => {
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/`((?:src|test|bench|docs|nix|tools)\/[\w./-]*)`/g)].map(([, path = ""]) => path)
    )
    assert.isAbove(named.length, 10)
    assert.deepStrictEqual(
      named.filter((path) => !exists(path)),
      []
    )
  })

  it("maps every folder and top file of src", () => {
    const top = new Set(sources("src").map((path) => `src/${path.split("/")[0]}`))
    const unmapped = [...top].filter((path) => !readme.includes(`\`${path}${path.endsWith(".ts") ? "" : "/"}\``))
    assert.deepStrictEqual(unmapped, [])
  })

  it("has no link into the project that leads nowhere", () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path)
    assert.deepStrictEqual(
      links.filter((path) => !exists(path)),
      []
    )
  })
})
