/** What a run prints, tried with a run of its own. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { clockText } from "./Reporter.ts"

// Within the project: a file of tests must find vitest.
const directory = mkdtempSync(join(import.meta.dirname, "../../node_modules/.reporter-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

writeFileSync(
  join(directory, "vitest.config.ts"),
  `import { ProgressReporter } from ${JSON.stringify(join(import.meta.dirname, "Reporter.ts"))}
export default { test: { name: "tried", include: ["*.test.ts"], exclude: [], reporters: [new ProgressReporter()] } }`
)
const files = {
  "good.test.ts": `it("is good", () => {})`,
  "bad.test.ts": `it("is bad", () => expect(1).toBe(2))\nit("is good later", () => console.log("later"))`,
  "broken.test.ts": `throw new Error("broke")`,
  "left-out.test.ts": `it("is good", () => {})\nit.skip("is left out", () => {})`
}
for (const [name, text] of Object.entries(files)) {
  writeFileSync(join(directory, name), `import { expect, it } from "vitest"\n${text}\nvoid expect\n`)
}

/** Runs these files. */
const run = (ci: boolean, ...names: ReadonlyArray<keyof typeof files>) =>
  new Promise<{ readonly code: number; readonly lines: ReadonlyArray<string> }>((resolve) => {
    const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs")
    const env = { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...(ci ? { CI: "1" } : {}) }
    const child = execFile(
      process.execPath,
      [vitest, "run", "--root", directory, ...names],
      { env, cwd: directory },
      (_, stdout) => resolve({ code: child.exitCode ?? -1, lines: stdout.split("\n") })
    )
  })

describe("a run of the tests", { timeout: 60_000 }, () => {
  it("names what fails when it fails, and once more at the end", async () => {
    const { code, lines } = await run(false, "bad.test.ts", "broken.test.ts", "good.test.ts")
    expect(code).toBe(1)
    const names = ["|tried| bad.test.ts > is bad", "|tried| broken.test.ts"]
    for (const name of names) {
      expect(lines.filter((line) => line === `FAILED ${name}`).length).toBe(1)
      expect(lines.slice(lines.indexOf("Failed tests:"))).toContain(`  ${name}`)
    }
    expect(lines.find((line) => line.startsWith("expected 1 to be 2"))).toBeDefined()
    expect(lines.filter((line) => line.includes("good")).length).toBe(0)
  })

  it("fails in CI when a test is skipped, and nowhere else", async () => {
    expect((await run(false, "left-out.test.ts")).code).toBe(0)
    const { code, lines } = await run(true, "left-out.test.ts")
    expect(code).toBe(1)
    expect(lines).toContain("  |tried| left-out.test.ts > is left out")
  })
})

describe("clockText", () => {
  it("gives minutes and seconds", () => {
    expect([0, 59_999, 60_000, 725_000].map(clockText)).toEqual(["0:00", "0:59", "1:00", "12:05"])
  })
})
