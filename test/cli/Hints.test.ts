/** What follows the parser's own messages: which flag is meant, and what to write instead. */
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { client, configured, parserError, run, server } from "./CommandLine.ts"

const hintOf = (message: string): string => /^.*? \((.*)\)$/s.exec(message)?.[1] ?? ""

const parser: ReadonlyArray<readonly [argv: ReadonlyArray<string>, message: string]> = [
  [[...server, "--alow-all"], "unknown long flag '--alow-all' (did you mean '--allow-all'?)"],
  [[...server, "--allow-al"], "unknown long flag '--allow-al' (did you mean '--allow-all'?)"],
  [[...server, "--max-concurrent"], "unknown long flag '--max-concurrent' (did you mean '--max-concurrent-conns'?)"],
  [[...server, "--no-syslgo"], "unknown long flag '--no-syslgo' (did you mean '--no-syslog'?)"],
  [[...server, "--hlep"], "unknown long flag '--hlep' (did you mean '--help'?)"],
  [[...server, "--bogus"], "unknown long flag '--bogus'"],
  [[...server, `--${"x".repeat(1000)}`], `unknown long flag '--${"x".repeat(1000)}'`],
  [[...server, "--verify-cn=x"], "unknown long flag '--verify-cn' (--verify-cn belongs to 'client')"],
  [[...client, "--allow-all"], "unknown long flag '--allow-all' (--allow-all belongs to 'server')"],
  [[...client, "--allow-ip-san=::1"], "unknown long flag '--allow-ip-san' (--allow-ip-san belongs to 'server')"],
  [[...client, "--alow-cn=x"], "unknown long flag '--alow-cn' (did you mean '--allow-cn', a flag of 'server'?)"],
  [
    ["--listen=a:1", "server"],
    "unknown long flag '--listen' (--listen is a flag of 'server' and 'client': give it after the command)"
  ],
  [["server", "--no-listen"], "unknown long flag '--no-listen' (--listen takes a value and cannot be negated)"],
  [[...server, "--pkcs11-pin=x"], "unknown long flag '--pkcs11-pin' (--pkcs11-pin is not supported by this version)"],
  [["-h"], "unknown short flag '-h' (did you mean '--help'?)"],
  [["server", "-listen=a:1"], "unknown short flag '-l' (did you mean '--listen'?)"],
  [["server", "-x"], "unknown short flag '-x'"],
  [["sevrer"], 'expected command but got "sevrer" (did you mean "server"?)'],
  [["bogus"], 'expected command but got "bogus"'],
  [[...server, "--allow-all=true"], "unexpected true (a switch takes no value: write --NAME or --no-NAME)"],
  [[...server, "--timed-reload=30"], 'missing unit in duration "30" (--timed-reload: did you mean "30s"?)'],
  [[...server, "--allow-ip-san=x"], "'x' is not an IP address (--allow-ip)"],
  [
    [...server, "--status=http://h:1/x"],
    "invalid --status address: lookup tcp/1/x: unknown port (an address has no path: give h:1)"
  ]
]

describe("hints of the parser", () => {
  it.each(parser)("%j", async (argv, message) => {
    expect(parserError(await run(argv))).toBe(message)
  })

  it.each([
    "timed-reload",
    "shutdown-timeout",
    "connect-timeout",
    "close-timeout",
    "max-conn-lifetime",
    "metrics-interval",
    "use-workload-api-timeout",
    "auto-acme-renew-check-interval"
  ])("--%s without a unit", async (flag) => {
    const message = parserError(await run([...server, `--${flag}=1.5`]))
    expect(message).toBe(`missing unit in duration "1.5" (--${flag}: did you mean "1.5s"?)`)
    const odd = parserError(await run([...server, `--${flag}=x`]))
    expect(hintOf(odd)).toBe(`--${flag}: a duration is a number with its unit, such as "30s", "5m" or "1h30m"`)
  })
})

const place = (flag: "listen" | "target", text: string, words: ReadonlyArray<string>) =>
  words.map((word) => (word.startsWith(`--${flag}=`) ? `--${flag}=${text}` : word))
const cert = ["--cert=c", "--key=k"]
const unsafe = [...server, "--unsafe-target", "--allow-all", ...cert]

const modes: ReadonlyArray<readonly [argv: ReadonlyArray<string>, hint: string]> = [
  [
    place("target", "https://example.com:8443/x", [...client, ...cert]),
    "a URL is not an address: give example.com:8443"
  ],
  [place("target", "https://user:secret@[::1]", [...client, ...cert]), "a URL is not an address: give [::1]:443"],
  [place("target", "tcp://example.com", [...client, ...cert]), "a URL is not an address: give HOST:PORT"],
  [place("target", "example.com:8443/x", [...client, ...cert]), "an address has no path: give example.com:8443"],
  [place("target", "http://h", unsafe), "a URL is not an address: give h:80"],
  [place("listen", "tls://0.0.0.0:8443", unsafe), "a URL is not an address: give 0.0.0.0:8443"],
  [[...server, "--allow-all", "--cert=c"], "--cert (or CERT_PATH) is given without --key"],
  [[...server, "--allow-all", "--key=k"], "--key (or KEY_PATH) is given without --cert"],
  [[...client, "--disable-authentication", "--cert=c"], "--cert (or CERT_PATH) is given without --key"]
]

describe("hints of the rules", () => {
  it.each(modes)("%j", async (argv, hint) => {
    const refused = await configured(argv)
    if (Result.isSuccess(refused)) throw new Error("accepted")
    expect(refused.failure.endsWith(` (${hint})`), refused.failure).toBe(true)
    expect(hint).not.toContain("secret")
  })

  it("follow the rule about local targets, too", async () => {
    const refused = await configured(place("target", "http://localhost:80", [...server, "--allow-all", ...cert]))
    expect(refused).toEqual(
      Result.fail(
        "--target must be unix:PATH or localhost:PORT (unless --unsafe-target is set) (a URL is not an address: give localhost:80)"
      )
    )
  })
})
