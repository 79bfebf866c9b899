/** The end of worker threads. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { nativeCallback } from "../support/NativeCallback.ts"

describe("a worker thread whose scope closes", () => {
  it("leaves by itself: one that runs a callback of OpenSSL's does not abort the process", async () => {
    const directory = mkdtempSync(join(tmpdir(), "gt-leave-"))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const variables = nativeCallback(join(directory, "callback.cjs"), join(directory, "began"), 300)
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "LeaveInCallback.ts")], {
      env: { ...process.env, ...variables }
    })
    assert.strictEqual(stdout, "closed\n")
  })
})
