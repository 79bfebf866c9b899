/** What is printed where, and the exit codes (docs/compatibility/command-line.md, 1.2, 1.3 and 1.9). */
import { describe, expect, it } from "vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import { version } from "../../src/config/Version.ts"
import { run, server } from "./CommandLine.ts"

const specs = [...flagTable.shared, ...Object.values(flagTable.commands).flat()]
const helpCalls = [
  ["--help", ["--help"]],
  ["--no-help", ["--no-help"]],
  ["help", ["help"]],
  ["help help", ["help", "help"]],
  ["server --help", ["server", "--help"]],
  ["help client", ["help", "client"]]
] as const

describe("1.3 streams and exit codes", () => {
  it("a parser error: one line on stderr, exit 1", async () => {
    expect(await run(["--bogus"])).toEqual({
      code: 1,
      out: "",
      err: "ghostunnel: error: unknown long flag '--bogus', try --help",
      invocation: undefined
    })
  })
  it("a broken global rule: one line on stderr, exit 1", async () => {
    const err = "ghostunnel: error: --enable-shutdown requires --status to be set, try --help"
    expect(await run([...server, "--enable-shutdown"])).toEqual({ code: 1, out: "", err, invocation: undefined })
  })
  it.each([
    [["help", "bogus"], 'expected command but got "bogus"'],
    [["help", "server", "client"], "unexpected client"]
  ])("%j: no hint", async (argv, message) => {
    expect(await run(argv)).toEqual({ code: 1, out: "", err: `ghostunnel: error: ${message}`, invocation: undefined })
  })
  it.each(helpCalls)("%s: usage on stdout, exit 0", async (_name, argv) => {
    expect(await run(argv)).toMatchObject({ code: 0, out: expect.stringMatching(/^usage: ghostunnel /), err: "" })
  })
  it("no command: usage on stderr, exit 0", async () => {
    expect(await run([])).toMatchObject({ code: 0, out: "", err: expect.stringMatching(/^usage: ghostunnel /) })
  })
  it.each(["--version", "--no-version"])("%s: one line on stderr, exit 0", async (flag) => {
    const { code, out, err } = await run([flag])
    expect([code, out]).toEqual([0, ""])
    expect(err).toBe(
      `rev 1.11.3 (effect ${version}) built with node${process.versions.node} (pkcs11: false, keychain: false)`
    )
  })
  it.each([
    ["--help-long", /^usage: ghostunnel /],
    ["--help-man", /^\.TH GHOSTUNNEL 1/],
    ["--help-custom-man", /^\.TH GHOSTUNNEL 1/],
    ["--completion-script-bash", /complete .*ghostunnel/],
    ["--completion-script-fish", /complete .*ghostunnel/],
    ["--completion-script-zsh", /#compdef ghostunnel/]
  ])("%s: on stdout, exit 0", async (flag, text) => {
    expect(await run([flag, "--bogus"])).toMatchObject({ code: 0, out: expect.stringMatching(text), err: "" })
  })
  it.each([
    [["--completion-bash"], ["help", "server", "client", "policy"]],
    [["--completion-bash", "server", "--allow-s"], ["--allow-spki-pin"]],
    [["--completion-bash", "--max-conn"], ["--max-conn-lifetime"]]
  ])("%j: candidates on stdout, exit 0", async (argv, lines) => {
    expect(await run(argv)).toMatchObject({ code: 0, out: lines.join("\n"), err: "" })
  })
})

describe("1.9 help", () => {
  it.each(helpCalls)("%s fits 80 columns", async (_name, argv) => {
    const { out } = await run(argv, { COLUMNS: "80" })
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([])
  })
  it("lists every flag that is not hidden, and its variable", async () => {
    const { out } = await run(["--help"])
    for (const spec of specs) {
      expect(new RegExp(`--(\\[no-\\])?${spec.name}[ =\n]`).test(out), spec.name).toBe(!spec.hidden)
      if (spec.env !== undefined) expect(out).toContain(`($${spec.env})`)
    }
  })
  it("shows no aliases", async () => {
    const { out } = await run(["--help"])
    for (const alias of specs.flatMap((spec) => spec.aliases)) expect(out).not.toContain(alias)
  })
  it("of a command puts its flags under Flags too", async () => {
    const { out } = await run(["client", "--help"])
    expect(out.slice(out.indexOf("Flags:"), out.indexOf("Commands:"))).toContain("--override-server-name=NAME")
  })
  it("writes lists with an ellipsis and booleans with [no-]", async () => {
    const { out } = await run(["--help"])
    expect(out).toContain("--allow-cn=CN ...")
    expect(out).toContain("--[no-]allow-all")
  })
  it("shows flags in groups, those that Ghostunnel does not have last", async () => {
    const { out } = await run(["server", "--help"])
    const flags = out.slice(out.indexOf("Flags:"), out.indexOf("Commands:"))
    const titles = flags.split("\n").filter((line) => /^ {2}\S.*:$/.test(line))
    expect(titles.map((line) => line.trim())).toEqual([
      "Addresses:",
      "PROXY protocol:",
      "Access control:",
      "Certificates:",
      "Certificates by SPIFFE (not supported yet):",
      "Certificates by ACME (not supported yet):",
      "Limits:",
      "Status and metrics:",
      "Log and process:",
      "Not in the Go program:"
    ])
    const additions = flags.slice(flags.indexOf("Not in the Go program:"))
    for (const name of ["--workers=N", "--sandbox=MODE", "--alpn=PROTO ..."]) expect(additions).toContain(name)
  })
  it("follows COLUMNS", async () => {
    const { out } = await run(["--help"], { COLUMNS: "200" })
    expect(out.split("\n").some((line) => line.length > 80)).toBe(true)
  })
})
