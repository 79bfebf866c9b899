import { execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { readCredentialFile } from "../../src/credentials/CredentialFile.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-credential-"))
afterAll(() => rmSync(directory, { recursive: true }))

const newPipe = (name: string): string => {
  const path = join(directory, name)
  execFileSync("mkfifo", [path])
  return path
}

describe("a pipe", () => {
  it("is read to its end, whenever its writer comes", async () => {
    const path = newPipe("slow")
    const script = 'echo ready; (printf first; sleep 0.2; printf " second") > "$0"'
    const writer = spawn("sh", ["-c", script, path], { stdio: ["ignore", "pipe", "inherit"] })
    const exited = once(writer, "exit")
    await once(writer.stdout, "data")
    assert.strictEqual(Result.getOrThrow(readCredentialFile(path)).toString(), "first second")
    await exited
  })

  it("that nobody writes to is refused, and does not stop the thread for ever", () => {
    const module = resolve(import.meta.dirname, "../../src/credentials/CredentialFile.ts")
    const program = `
      const { readCredentialFile } = await import(${JSON.stringify(module)})
      console.log(readCredentialFile(${JSON.stringify(newPipe("silent"))}).failure)`
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      timeout: 20_000,
      killSignal: "SIGKILL"
    })
    assert.match(child.stdout, /^read .*silent: no program writes to this pipe\n$/)
  }, 60_000)
})
