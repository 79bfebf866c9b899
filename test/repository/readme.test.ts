import * as Fs from "node:fs"
import * as Path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import { exists, manifest, read, root, sources } from "./Files.ts"

const readme = read("README.md")
const documents = [
  "README.md",
  ...Fs.readdirSync(Path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => Path.extname(name) !== "")
    .map((name) => `docs/${name}`)
]
const guides = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "test/README.md"]
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
      [...read(file).matchAll(/\bnpm (?:run )?(start|test|build|check|bench|soak|\w+:\w+)\b/g)].map(
        ([, name = ""]) => name
      )
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

  it("names flags that exist", () => {
    const ours = [flagTable.shared, ...Object.values(flagTable.commands)]
      .flat()
      .flatMap(({ aliases, name }) => [name, ...aliases])
    const printing = ["help", "help-man", "version", "completion-script-bash"]
    // Those of the benchmark, the conformance runs and Node, and one of a build there is not, whose value is masked all the same.
    const known = new Set([
      ...printing,
      ...ours,
      "only",
      "disable-sigusr1",
      "pkcs11-pin",
      "jobs",
      "full",
      "seed",
      "expected",
      "json",
      "why",
      "texts"
    ])
    // Flags in prose and tables; those in blocks may be another program's.
    const named = documents.flatMap((file) =>
      [
        ...read(file)
          .replaceAll(/^```[\s\S]*?^```$/gm, "")
          .matchAll(/`[^`\n]*?--([a-z][a-z0-9-]*\*?)/g)
      ].map(([, name = ""]) => ({ file, name }))
    )
    assert.isAbove(named.length, 100)
    assert.deepStrictEqual(
      named.filter(
        ({ name }) => !(name.endsWith("*") ? ours.some((flag) => flag.startsWith(name.slice(0, -1))) : known.has(name))
      ),
      []
    )
  })

  it("maps every folder and top file of src", () => {
    const top = new Set(sources("src").map((path) => `src/${path.split("/")[0]}`))
    const unmapped = [...top].filter((path) => !readme.includes(`\`${path}${path.endsWith(".ts") ? "" : "/"}\``))
    assert.deepStrictEqual(unmapped, [])
  })

  it("has no link into the project that leads nowhere, nor do the other documents", () => {
    const anchors = (file: string) =>
      [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, "")
          .replaceAll(" ", "-")
      )
    const links = [...documents, ...guides].flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path = "", anchor]) => {
        const target = path === "" ? file : Path.join(Path.dirname(file), path)
        return { file, target, anchor }
      })
    )
    assert.isAbove(links.length, 30)
    assert.deepStrictEqual(
      links.filter(
        ({ anchor, target }) => !exists(target) || (anchor !== undefined && !anchors(target).includes(anchor))
      ),
      []
    )
  })
})
