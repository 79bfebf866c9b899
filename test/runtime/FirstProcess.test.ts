/** What deadly signals do to the first process of a PID namespace, tried by processes that only say that they are it. */
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"

const module = new URL("../../src/runtime/FirstProcess.ts", import.meta.url).href
const run = (code: string) => {
  const whole = `const { letSignalsKill } = await import("${module}")\n${code}\nsetTimeout(() => {}, 60_000)`
  const { signal, status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", whole], {
    encoding: "utf8"
  })
  return { signal, status, stdout }
}

describe("letSignalsKill", () => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129]
  ])("lets %s end the first process with %i", (signal, status) => {
    const ended = run(`letSignalsKill(1)\nprocess.kill(process.pid, "${signal}")`)
    expect(ended).toEqual({ signal: null, status, stdout: "" })
  })

  it("leaves a signal to another listener as long as there is one", () => {
    const ended = run(`
      letSignalsKill(1)
      let heard = 0
      const listener = () => {
        process.stdout.write(String(++heard))
        if (heard === 2) process.off("SIGTERM", listener)
        setImmediate(() => process.kill(process.pid, "SIGTERM"))
      }
      process.on("SIGTERM", listener)
      process.kill(process.pid, "SIGTERM")`)
    expect(ended).toEqual({ signal: null, status: 143, stdout: "12" })
  })

  it("is in force once however often it is called, until the call that put it there takes it away", () => {
    const ended = run(`
      const { log } = console
      const first = letSignalsKill(1)
      letSignalsKill(1)()
      log(process.listenerCount("SIGTERM"))
      first()
      log(process.listenerCount("SIGTERM"))
      process.kill(process.pid, "SIGTERM")`)
    expect(ended).toEqual({ signal: "SIGTERM", status: null, stdout: "1\n0\n" })
  })

  it("leaves other processes as they are", () => {
    const ended = run(`letSignalsKill()\nconsole.log(process.listenerCount("SIGTERM"))\nprocess.exit()`)
    expect(ended).toEqual({ signal: null, status: 0, stdout: "0\n" })
  })
})
