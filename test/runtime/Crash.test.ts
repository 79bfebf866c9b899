/** What a process prints and exits with when something breaks that nobody handles. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { dumpText, stackText } from "../../src/runtime/Crash.ts"

const module = fileURLToPath(new URL("../../src/runtime/Crash.ts", import.meta.url))
const run = (then: string) =>
  spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `(await import("${module}")).listenForCrashes()\n${then}`],
    {
      encoding: "utf8"
    }
  )

describe("a crash", () => {
  it.each([
    [
      "an error in a callback",
      `setImmediate(() => { throw new Error("broken") })`,
      /^uncaught error: Error: broken\n {4}at /
    ],
    ["a rejected promise", `void Promise.reject(new Error("broken"))`, /^uncaught error: Error: broken\n {4}at /],
    ["something that is no error", `setImmediate(() => { throw "broken" })`, /^uncaught error: broken\n$/]
  ])("by %s: its stack on stderr, exit 2", (_what, code, text) => {
    const { signal, status, stderr, stdout } = run(`${code}\nsetTimeout(() => {}, 60_000)`)
    expect([status, signal, stdout]).toEqual([2, null, ""])
    expect(stderr).toMatch(text)
  })
  it("exits with 2 although stderr has no reader", () => {
    const closed = `import { closeSync } from "node:fs"\ncloseSync(2)\nsetImmediate(() => { throw new Error("broken") })`
    expect(run(closed).status).toBe(2)
  })
  it("is not caused by a failing write to standard error on any thread", () => {
    const code = `
      const { Worker } = await import("node:worker_threads")
      const worker = new Worker('setInterval(() => process.stderr.write("from a thread"), 10)', { eval: true })
      setInterval(() => {
        process.emitWarning("from Node")
        process.stderr.write("from us")
      }, 10)
      setTimeout(() => process.exit(7), 500)`
    const program = `(await import("${module}")).listenForCrashes()\n${code}`
    // A pipe that nobody reads, and a disk that is full.
    for (const redirected of [`mkfifo "$0"; exec 3<>"$0" 2>"$0" 3<&-`, "exec 2>/dev/full"]) {
      const directory = mkdtempSync(join(tmpdir(), "gt-"))
      const words = ["-c", `${redirected}; exec "$@"`, join(directory, "pipe"), process.execPath, "--input-type=module"]
      expect(spawnSync("sh", [...words, "-e", program]).status).toBe(7)
      rmSync(directory, { recursive: true })
    }
  })
  it("by SIGQUIT: what each thread runs and waits for, without arguments and variables", () => {
    const { status, stderr } = run(`setInterval(() => {}, 10_000)\nprocess.kill(process.pid, "SIGQUIT")`)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^SIGQUIT: quit\nghostunnel, process \d+, node [\d.]+\n\nmain thread:\n\tat /)
    for (const text of ["--input-type", process.env["PATH"] ?? "/"]) expect(stderr).not.toContain(text)
  })
  it("by SIGQUIT: asks for a report that has neither the environment nor the network's peers in it", () => {
    const spied = `
      const { report } = process
      const whole = report.getReport.bind(report)
      report.getReport = () => {
        const made = whole()
        const { networkInterfaces } = made.header
        process.stdout.write(JSON.stringify([Object.keys(made), networkInterfaces ?? "none"]))
        return made
      }
      setInterval(() => {}, 10_000)
      process.kill(process.pid, "SIGQUIT")`
    const { status, stdout } = run(spied)
    expect(status).toBe(2)
    const [parts, interfaces]: [ReadonlyArray<string>, unknown] = JSON.parse(stdout)
    expect(parts).toContain("javascriptStack")
    expect(parts).not.toContain("environmentVariables")
    expect(interfaces).toBe("none")
  })
  it("prints causes, and stops at a cycle", () => {
    const outer = new Error("outer", { cause: new Error("inner") })
    expect(stackText(outer)).toMatch(/^Error: outer\n[\s\S]*\ncaused by: Error: inner\n/)
    const circle = new Error("again")
    circle.cause = circle
    expect(stackText(circle).split("caused by").length).toBe(10)
  })
  it("reports that no diagnostic report is available", () => {
    expect(dumpText({ header: 1 })).toBe("no report of the threads is to be had")
  })
})
