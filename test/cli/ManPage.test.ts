/** The manual page, as its readers take it. */
import { execFileSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import { needing } from "../support/Installed.ts"
import { run } from "./CommandLine.ts"

const page = async () => (await run(["--help-man"])).out
const specs = [...flagTable.shared, ...Object.values(flagTable.commands).flat()]
const { reason, skip } = needing("mandoc")

describe("the manual page", () => {
  it.skipIf(skip)(`has no flaw that mandoc knows of but a missing date${reason}`, async () => {
    const words = ["-Tlint", "-Wstyle"]
    let flaws = ""
    try {
      execFileSync("mandoc", words, { input: `${await page()}\n`, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] })
    } catch (error) {
      flaws = typeof error === "object" && error !== null && "stdout" in error ? String(error.stdout) : String(error)
    }
    expect(flaws.split("\n").filter((line) => line !== "" && !line.includes("missing date"))).toEqual([])
  })
  it.skipIf(skip)(`reads well in 80 columns${reason}`, async () => {
    const words = ["-Tascii", "-Owidth=78"]
    const text = execFileSync("mandoc", words, { input: `${await page()}\n`, encoding: "utf8" }).replaceAll(
      /.\u0008/g,
      ""
    )
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([])
    for (const spec of specs) {
      expect(new RegExp(`--(\\[no-\\])?${spec.name}[ =\n]`).test(text), spec.name).toBe(!spec.hidden)
    }
    for (const title of ["NAME", "SYNOPSIS", "OPTIONS OF SERVER", "ENVIRONMENT", "EXIT STATUS", "SIGNALS"]) {
      expect(text).toMatch(new RegExp(`^${title}$`, "m"))
    }
    expect(text).toMatch(/KEYSTORE_PASS\n +Stands in for --storepass\./)
  })
  it("starts no line that roff could take for a request", async () => {
    const requests = new Set(["TH", "SH", "SS", "TP", "br"])
    const suspects = (await page()).split("\n").filter((line) => /^[.']/.test(line))
    expect(suspects.filter((line) => !requests.has(/^\.(\w+)/.exec(line)?.[1] ?? ""))).toEqual([])
  })
})
