import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "rolldown"
import type { RawFrame } from "../../src/profiling/ProfiledThread.ts"
import { resolve } from "../../src/profiling/SourceMaps.ts"

const source = `const unused = 1

export const greet = (name: string): string => {
  return "hello " + name
}

export class Door {
  #closed = false
  #shut(): boolean {
    return (this.#closed = true)
  }
  close(): boolean {
    return this.#shut()
  }
}
`

let directory = ""
let bundle = ""
let url = ""

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "source-maps-"))
  mkdirSync(join(directory, "src"))
  writeFileSync(join(directory, "src", "Door.ts"), source)
  const built = await build({
    cwd: directory,
    input: { door: "src/Door.ts" },
    platform: "node",
    output: {
      dir: join(directory, "dist"),
      format: "esm",
      entryFileNames: "[name].mjs",
      sourcemap: true,
      minify: { compress: true, mangle: { keepNames: true }, codegen: true }
    }
  })
  bundle = built.output[0].code
  url = pathToFileURL(join(directory, "dist", "door.mjs")).href
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Where V8 would say the function is whose bundled text begins so. */
const at = (name: string, text: RegExp): RawFrame => {
  const found = text.exec(bundle)
  if (found === null) throw new Error(`no ${text} in ${bundle}`)
  const before = bundle.slice(0, found.index + found[0].length - 1)
  const line = before.split("\n").length
  return { name, url, line, column: before.length - (before.lastIndexOf("\n") + 1) }
}

describe("names and lines of the sources", () => {
  it("stand for those of the bundle", async () => {
    const file = "src/Door.ts"
    const mangled = /(#\w+)\(\)\{/.exec(bundle)?.[1] ?? "none"
    const frames = [
      at("greet", /greet=(?:\w|\()/),
      at("greet$1", /greet=(?:\w|\()/),
      at("", /greet=(?:\w|\()/),
      at("close", /close\(/),
      at(mangled, new RegExp(`${mangled}\\(`)),
      { ...at("Given.name", /close\(/), given: true as const }
    ]
    assert.deepStrictEqual(await resolve(frames), [
      { name: "Door.greet", file, line: 3 },
      { name: "Door.greet", file, line: 3 },
      { name: "Door.(anonymous)", file, line: 3 },
      { name: "Door.close", file, line: 12 },
      { name: "Door.#shut", file, line: 9 },
      { name: "Given.name", file, line: 12 }
    ])
  })

  it("leave alone what the bundler added", async () => {
    const path = join(directory, "added.mjs")
    writeFileSync(`${path}.map`, JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "A,IAAA" }))
    const added = pathToFileURL(path).href
    assert.deepStrictEqual(await resolve([{ name: "__name", url: added, line: 1, column: 2 }]), [
      { name: "__name", file: path, line: 1 }
    ])
  })

  it("leave alone what has no map", async () => {
    const missing = pathToFileURL(join(directory, "gone.mjs")).href
    const frames: ReadonlyArray<RawFrame> = [
      { name: "f", url: missing, line: 3, column: 1 },
      { name: "(program)", url: "", line: 0, column: 0 },
      { name: "", url: "node:net", line: 8, column: 0 },
      { name: "serve", url: "file:///x/src/proxy/Connection.ts", line: 9, column: 0 }
    ]
    assert.deepStrictEqual(await resolve(frames), [
      { name: "f", file: join(directory, "gone.mjs"), line: 3 },
      { name: "(program)", file: "", line: 0 },
      { name: "(anonymous)", file: "node:net", line: 8 },
      { name: "Connection.serve", file: "/x/src/proxy/Connection.ts", line: 9 }
    ])
  })
})
