/** The parser's rules (docs/compatibility/command-line.md, 1.2), one row a test. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { toConfig } from "../../src/cli/ModeValidation.ts"
import { client, invoke, ran, refusal, run, server } from "./CommandLine.ts"

const folder = mkdtempSync(join(tmpdir(), "argv-"))
const file = (name: string, ...lines: ReadonlyArray<string>): string => {
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`)
  return `@${join(folder, name)}`
}

const circular = file("circular", `@${join(folder, "circular")}`)
const listenTo = file("listen", "# a comment", "", "localhost:1", "--target=localhost:2")
const whole = file("whole", "server", "--listen", "localhost:1", "--target=localhost:2", "--allow-cn=a b")
const nested = file("nested", `@${join(folder, "whole")}`, "--allow-cn=c")
const dash = file("dash", "-x")

const refused: ReadonlyArray<readonly [row: string, argv: ReadonlyArray<string>, message: string]> = [
  ["a value may not look like a flag", ["server", "--listen", "-x:1"], "expected argument for flag '--listen'"],
  ["-- is refused as a value", ["server", "--listen", "--", "x"], "expected argument for flag '--listen'"],
  ["a value is missing at the end", ["server", "--listen"], "expected argument for flag '--listen'"],
  ["an unreadable response file as value", ["server", "--listen", "@/x/y"], "expected argument for flag '--listen'"],
  ["a flag from a response file as value", ["server", "--listen", dash], "expected argument for flag '--listen'"],
  ["booleans take no value", [...server, "--allow-all=true"], "unexpected true"],
  ["booleans take no value, without a command", ["--syslog=true"], 'expected command but got "true"'],
  ["--no- on non-booleans", ["server", "--no-listen"], "unknown long flag '--no-listen'"],
  ["--no- on lists", [...server, "--no-allow-cn"], "unknown long flag '--no-allow-cn'"],
  ["repeating a flag", [...server, "--listen=a:1"], "flag 'listen' cannot be repeated"],
  ["repeating a boolean", [...server, "--allow-all", "--allow-all"], "flag 'allow-all' cannot be repeated"],
  ["repeating a negated boolean", ["--syslog", "--no-syslog"], "flag 'syslog' cannot be repeated"],
  [
    "repeating an alias",
    [...client, "--connect-proxy=a", "--connect-proxy=b"],
    "flag 'connect-proxy' cannot be repeated"
  ],
  ["no abbreviations", [...server, "--allow-al"], "unknown long flag '--allow-al'"],
  ["no short flags", ["-h"], "unknown short flag '-h'"],
  ["no short flags, clustered", ["server", "-xyz"], "unknown short flag '-x'"],
  ["- alone is an empty word", [...server, "-"], "unexpected "],
  ["surplus words", [...server, "extra"], "unexpected extra"],
  ["a second command", [...server, "client"], "unexpected client"],
  ["unknown command", ["bogus"], 'expected command but got "bogus"'],
  ["Windows' command elsewhere", ["service", "install"], 'expected command but got "service"'],
  ["a command named like an object's property", ["constructor"], 'expected command but got "constructor"'],
  ["unknown flag", ["--bogus"], "unknown long flag '--bogus'"],
  ["unknown flag with a value", ["--bogus=1"], "unknown long flag '--bogus'"],
  ["flags that are not built: PKCS#11", [...server, "--pkcs11-module=/x"], "unknown long flag '--pkcs11-module'"],
  ["flags that are not built: keychain", ["--keychain-identity=x"], "unknown long flag '--keychain-identity'"],
  ["flags that are not built: event log", ["--eventlog"], "unknown long flag '--eventlog'"],
  ["effect/cli's own flags", ["--completions=bash"], "unknown long flag '--completions'"],
  ["a command's flag before the command", ["--listen=a:1", "server"], "unknown long flag '--listen'"],
  ["a server flag on client", [...client, "--allow-all"], "unknown long flag '--allow-all'"],
  ["a client flag on server", [...server, "--verify-cn=x"], "unknown long flag '--verify-cn'"],
  ["missing required, all in one message", ["server"], "required flag(s) '--listen', '--target' not provided"],
  ["missing required, one", ["client", "--target=a:1"], "required flag(s) '--listen' not provided"],
  ["unreadable response file", ["@/x/y", "server"], 'failed to open arguments file "/x/y"'],
  ["response files in a circle", [circular], `failed to open arguments file "${circular.slice(1)}"`],
  ["response files are not applied after --", [...server, "--", "@/x"], "unexpected @/x"],
  ["only words after --", ["--", "server", "--listen=a:1"], "unexpected --listen=a:1"]
]

describe("1.2 parser rules: refused", () => {
  it.each(refused)("%s", async (_row, argv, message) => {
    expect(refusal(await run(argv))).toBe(message)
  })
})

describe("1.2 parser rules: accepted", () => {
  it("--flag=value and --flag value are equal", async () => {
    const spaced = await invoke(["server", "--listen", "localhost:8443", "--target", "localhost:8080"])
    expect(spaced).toEqual(await invoke(server))
  })
  it("--flag= gives the empty string, which counts as given", async () => {
    expect((await invoke(["server", "--listen=", "--target="])).flags.listen).toBe("")
  })
  it("only the first = splits", async () => {
    expect((await invoke([...server, "--keystore=a=b"])).flags.keystore).toBe("a=b")
  })
  it("with = a value may look like a flag or a response file", async () => {
    const { flags } = await invoke([...server, "--keystore=--x", "--cert=@/x/y", "--key=-"])
    expect([flags.keystore, flags.cert, flags.key]).toEqual(["--x", "@/x/y", "-"])
  })
  it("--no-name is false", async () => {
    expect((await invoke([...server, "--no-syslog"])).flags.syslog).toBe(false)
    expect((await invoke([...server, "--syslog"])).flags.syslog).toBe(true)
  })
  it("of a flag and its alias the later wins", async () => {
    const later = await invoke([...client, "--proxy=http://a", "--connect-proxy=http://b"])
    expect(later.flags).toHaveProperty("proxy", "http://b")
    const earlier = await invoke([...client, "--connect-proxy=http://b", "--proxy=http://a"])
    expect(earlier.flags).toHaveProperty("proxy", "http://a")
  })
  it("lists and their aliases gather in the order given", async () => {
    const { flags } = await invoke([...server, "--allow-dns=a", "--allow-dns-san=b", "--allow-dns="])
    expect(flags).toHaveProperty("allowDns", ["a", "b", ""])
  })
  it("global flags may stand before or after the command", async () => {
    expect(await invoke(["--keystore=k", ...server])).toEqual(await invoke([...server, "--keystore", "k"]))
  })
  it("-- ends flag parsing and still lets a command be selected", async () => {
    const { err } = await run(["--", "server"])
    expect(err).toContain("required flag(s)")
  })
  it("a response file's first line can be a value, and the rest goes on", async () => {
    const { flags } = await invoke(["server", "--listen", listenTo])
    expect([flags.listen, flags.target]).toEqual(["localhost:1", "localhost:2"])
  })
  it("a response file may hold everything, a line each, and other files", async () => {
    expect((await invoke([nested])).flags).toHaveProperty("allowCn", ["a b", "c"])
    expect((await invoke([whole])).flags).toHaveProperty("allowCn", ["a b"])
  })
})

describe("1.2 environment", () => {
  const variables = [
    ["KEYSTORE_PATH", "keystore"],
    ["CERT_PATH", "cert"],
    ["KEY_PATH", "key"],
    ["KEYSTORE_PASS_FILE", "storepassFile"],
    ["CACERT_PATH", "cacert"],
    ["SPIFFE_ENDPOINT_SOCKET", "useWorkloadApiAddr"]
  ] as const
  it.each(variables)("%s is used when the flag is absent", async (variable, flag) => {
    expect((await invoke(server, { [variable]: "x" })).flags[flag]).toBe("x")
  })
  it("KEYSTORE_PASS too, and it does not show", async () => {
    const { flags } = await invoke(server, { KEYSTORE_PASS: "hunter2" })
    expect(String(flags.storepass)).not.toContain("hunter2")
    expect(JSON.stringify(flags)).not.toContain("hunter2")
  })
  it("an empty variable is none", async () => {
    expect((await invoke(server, { CERT_PATH: "" })).flags.cert).toBe("")
  })
  it("the flag wins, also when it is empty, and is not a repetition", async () => {
    expect((await invoke([...server, "--cert=a"], { CERT_PATH: "b" })).flags.cert).toBe("a")
    expect((await invoke([...server, "--cert="], { CERT_PATH: "b" })).flags.cert).toBe("")
  })
  it.each([
    ["KEYSTORE_PATH", "s"],
    ["SPIFFE_ENDPOINT_SOCKET", "unix:/x"]
  ])("%s is a source of credentials beside --cert and --key", async (variable, value) => {
    const invocation = await invoke([...server, "--cert=c", "--key=k", "--allow-all"], { [variable]: value })
    const config = toConfig(invocation)
    expect(Result.isFailure(config) && config.failure.message).toMatch(/ are mutually exclusive$/)
  })
  it("the process's own environment is not looked at", async () => {
    process.env.CERT_PATH = "from-process"
    try {
      expect((await invoke(server)).flags.cert).toBe("")
    } finally {
      delete process.env.CERT_PATH
    }
  })
})

describe("1.2 order inside the parser", () => {
  it("(4) before (5): --version acts when seen before a scan error", async () => {
    expect(await run(["--version", "--bogus"])).toMatchObject({ code: 0, err: expect.stringMatching(/^rev /) })
    expect(refusal(await run(["--bogus", "--version"]))).toBe("unknown long flag '--bogus'")
  })
  it("(4) help as a command acts before a scan error", async () => {
    expect(await run(["help", "--bogus"])).toMatchObject({ code: 0, out: expect.stringMatching(/^usage: /) })
  })
  it("(4) the first action wins", async () => {
    expect((await run(["--version", "help"])).err).toMatch(/^rev /)
    expect((await run(["help", "--version"])).out).toMatch(/^usage: /)
  })
  it("(5) before (6): a scan error wins over --help", async () => {
    expect(refusal(await run(["--help", "--bogus"]))).toBe("unknown long flag '--bogus'")
    expect(refusal(await run([...server, "--help", "extra"]))).toBe("unexpected extra")
  })
  it("(6) before (7) and (8): --help looks at no values, repetitions or missing flags", async () => {
    const { code, out } = await run(["server", "--help", "--connect-timeout=x", "--syslog", "--syslog"])
    expect([code, out.split("\n")[0]]).toEqual([0, "usage: ghostunnel server --listen=ADDR --target=ADDR [<flags>]"])
  })
  it("(7) before (8): the first bad value in the order given", async () => {
    const argv = ["server", "--timed-reload=5", "--connect-timeout=x", "--allow-ip=z"]
    expect(refusal(await run(argv))).toBe('missing unit in duration "5"')
    expect(refusal(await run(["server", "--allow-ip=z", "--timed-reload=5"]))).toBe("'z' is not an IP address")
  })
  it("(8) before (9): missing flags, then the global rules", async () => {
    expect(refusal(await run(["server", "--enable-pprof"]))).toContain("required flag(s)")
  })
  it("(9) before (10): the global rules also without a command", async () => {
    expect(refusal(await run(["--enable-pprof"]))).toBe("--enable-pprof requires --status to be set")
    expect(refusal(await run(["--connect-timeout=0"]))).toContain("must not be zero")
    expect(refusal(await run(["--timed-reload=5"]))).toBe('missing unit in duration "5"')
  })
  it("(10) no command prints usage", async () => {
    expect(await run(["--syslog"])).toMatchObject({ code: 0, out: "", err: expect.stringMatching(/^usage: /) })
  })
  it("a good line runs", async () => {
    expect(await run(server)).toMatchObject({ code: ran, out: "", err: "" })
  })
})
