/** What a process prints and exits with when something breaks that nobody handles. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { dump } from "../../src/runtime/Crash.ts"

const module = fileURLToPath(new URL("../../src/runtime/Crash.ts", import.meta.url))
const run = (then: string) =>
  spawnSync(process.execPath, ["--input-type=module", "-e", `(await import("${module}")).endWithDump()\n${then}`], {
    encoding: "utf8"
  })

describe("a crash", () => {
  it.each([
    ["an error in a callback", `setImmediate(() => { throw new Error("broken") })`, /^Error: broken\n {4}at /],
    ["a rejected promise", `void Promise.reject(new Error("broken"))`, /^Error: broken\n {4}at /],
    ["something that is no error", `setImmediate(() => { throw "broken" })`, /^uncaught: broken\n$/]
  ])("by %s: its stack on stderr, exit 2", (_what, code, text) => {
    const { signal, status, stderr, stdout } = run(`${code}\nsetTimeout(() => {}, 10_000)`)
    expect([status, signal, stdout]).toEqual([2, null, ""])
    expect(stderr).toMatch(text)
  })
  it("exits with 2 although nobody reads stderr", () => {
    const closed = `import { closeSync } from "node:fs"\ncloseSync(2)\nsetImmediate(() => { throw new Error("broken") })`
    expect(run(closed).status).toBe(2)
  })
  it("by SIGQUIT: what the process waits for", () => {
    const { status, stderr } = run(`setInterval(() => {}, 10_000)\nprocess.kill(process.pid, "SIGQUIT")`)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^SIGQUIT: quit\n\nmain thread \[waiting, up \d+ s\]:\n( {2}\S+: \d+\n)* {2}Timeout: 1\n/)
  })
  it("shows neither arguments nor variables", () => {
    for (const text of [...process.argv, process.env["PATH"] ?? "/"]) expect(dump()).not.toContain(text)
  })
})
