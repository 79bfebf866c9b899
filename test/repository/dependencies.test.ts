import { assert, describe, it } from "@effect/vitest"
import { manifest, read } from "./Files.ts"

const declared = [manifest(), manifest("tools/node")].flatMap((each) =>
  [each.dependencies, each.devDependencies, each.optionalDependencies, each.peerDependencies].flatMap((names) =>
    Object.keys(names ?? {})
  )
)

/** The first cell of each row of the tables in docs/dependencies.md, and the reason beside it. */
const explained = new Map(
  [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = "", reason = ""]) => [
    name,
    reason
  ])
)

interface LockEntry {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(read("package-lock.json"))

/** Where a package finds another: in its own node_modules, or in that of a folder above it. */
const resolve = (from: string, name: string): string | undefined => {
  const inside = (folder: string) => `${folder === "" ? "" : `${folder}/`}node_modules/${name}`
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (inside(folder) in lock.packages) return inside(folder)
    if (folder === "") return undefined
  }
}

describe("dependencies", () => {
  it("each have one line that says why", () => {
    assert.deepStrictEqual(
      declared.filter((name) => (explained.get(name) ?? "").length < 20),
      []
    )
  })

  it("are all still there when docs/dependencies.md names them", () => {
    assert.deepStrictEqual(
      [...explained.keys()].filter((name) => !declared.includes(name)),
      []
    )
  })

  it("are pinned to one version", () => {
    const { dependencies, devDependencies } = manifest()
    assert.deepStrictEqual(
      Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version)),
      []
    )
  })

  // `npm ci` refuses a lock without an entry for every platform's optional package.
  it("are in the lock for every platform", () => {
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
      Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, wanted]) => {
        const found = resolve(path, name)
        const version = found === undefined ? "nothing" : (lock.packages[found]?.version ?? "nothing")
        const fits = /^\d/.test(wanted) ? version === wanted : version !== "nothing"
        return fits ? [] : [`${path} wants ${name} ${wanted}, the lock has ${version}`]
      })
    )
    assert.deepStrictEqual(missing, [])
  })
})
