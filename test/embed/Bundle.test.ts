/** A program that has been bundled with a tunnel in it, away from all packages. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { rolldown } from "rolldown"
import { addCredentials, emptyFolder, example, project, run } from "./Project.ts"

/** Bundles the README's example, changed, with these further entries; gives the folder that the bundle is in. */
const bundle = async (change: (code: string) => string, entries: Readonly<Record<string, string>>): Promise<string> => {
  const [source, folder] = [project(), emptyFolder()]
  const code = example("README.md", "ghostunnel").replace("localhost:8443", "127.0.0.1:0")
  writeFileSync(join(source, "app.ts"), change(code))
  const build = await rolldown({
    cwd: source,
    platform: "node",
    input: { app: "app.ts", ...entries },
    logLevel: "silent"
  })
  await build.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "parts/[name]-[hash].mjs"
  })
  await build.close()
  await addCredentials(folder)
  return folder
}

const withEntry = (code: string): string =>
  code.replace(
    "listen:",
    'workers: 1,\n  workerEntry: new URL("./tunnel/worker.mjs", import.meta.url).href,\n  listen:'
  )

describe("a bundled program", () => {
  it("runs worker threads whose program is an entry of the bundle", async () => {
    const folder = await bundle(withEntry, { "tunnel/worker": "ghostunnel/worker" })
    const program = run(folder, "app.mjs")
    await program.until(/listening for connections/)
    program.child.kill("SIGTERM")
    await program.ended
    assert.match(program.said(), /shutdown proxy, waiting for drain/)
  })

  it("says what is missing where that was forgotten", async () => {
    const folder = await bundle((code) => code, {})
    const program = run(folder, "app.mjs")
    await program.ended
    assert.match(
      program.said(),
      /no thread could be started: \/.*\/worker\.mjs is missing: bundle "ghostunnel\/worker" as an entry of its own and name it by workerEntry, or set workers to 0/
    )
    assert.strictEqual(program.child.exitCode, 1)
  })

  it("needs none where connections run on the main thread", async () => {
    const folder = await bundle((code) => code.replace("listen:", "workers: 0,\n  listen:"), {})
    const program = run(folder, "app.mjs")
    await program.until(/listening for connections/)
    program.child.kill("SIGTERM")
    await program.ended
    assert.match(program.said(), /shutdown proxy, waiting for drain/)
  })
})
