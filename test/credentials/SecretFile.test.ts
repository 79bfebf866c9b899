import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import { readSecretFile } from "../../src/credentials/SecretFile.ts"

const directory = mkdtempSync(join(tmpdir(), "ghostunnel-secret-"))
afterAll(() => rmSync(directory, { recursive: true }))

const path = join(directory, "secret")
const put = (content: string | Uint8Array, mode = 0o600) => {
  writeFileSync(path, content)
  chmodSync(path, mode)
}
const read = (text = path, environment: NodeJS.ProcessEnv = {}) => readSecretFile("password", text, environment)
const secretOf = (content: string) => {
  put(content)
  return Result.map(read(), ({ secret }) => Redacted.value(secret))
}

describe("SecretFile", () => {
  it.each([
    ["secret", "secret"],
    ["secret\n", "secret"],
    ["secret\r\n", "secret"],
    ["secret\n\n", "secret\n"],
    [" se cret \t\n", " se cret \t"],
    ["pässwörd ☃\n", "pässwörd ☃"],
    ["\n", ""],
    ["", ""]
  ])("%j holds %j", (content, secret) => assert.deepStrictEqual(secretOf(content), Result.succeed(secret)))

  it("finds credentials of the service manager", () => {
    put("handed over\n")
    const found = Result.getOrThrow(read("credential:secret", { CREDENTIALS_DIRECTORY: directory }))
    assert.strictEqual(Redacted.value(found.secret), "handed over")
    assert.notInclude(String(found.secret), "handed")
  })

  it("notices who may read it", () => {
    for (const [mode, isExposed] of [
      [0o600, false],
      [0o640, false],
      [0o644, true],
      [0o604, true]
    ] as const) {
      put("secret", mode)
      assert.strictEqual(Result.getOrThrow(read()).isExposed, isExposed)
    }
  })

  it("says what is wrong, and never what it read", () => {
    const missing = join(directory, "missing")
    const failure = (text: string, why: string) => Result.fail(`reading password file "${text}": ${why}`)
    assert.deepStrictEqual(read(missing), failure(missing, `open ${missing}: no such file or directory`))
    assert.deepStrictEqual(read(directory), failure(directory, `read ${directory}: is a directory`))
    put("x".repeat(4097))
    assert.deepStrictEqual(read(), failure(path, "file is larger than 4096 bytes, which no password is"))
    put(Uint8Array.of(0xff, 0xfe))
    assert.deepStrictEqual(read(), failure(path, "file is not UTF-8 text"))
    const unset = "$CREDENTIALS_DIRECTORY is not set: systemd sets it for units with LoadCredential="
    assert.deepStrictEqual(read("credential:x"), failure("credential:x", unset))
    const name = '"a/b" is no name of a credential: it must be a single file name'
    assert.deepStrictEqual(read("credential:a/b"), failure("credential:a/b", name))
  })
})
