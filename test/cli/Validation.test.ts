/** The global rules (docs/compatibility/command-line.md, 2.1), one row a test. */
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { check, statusAddress } from "../../src/cli/Validation.ts"
import { client, invoke, ran, refusal, run, server } from "./CommandLine.ts"

const network = (name: string) => `invalid --status network "${name}": http(s):// scheme requires a HOST:PORT target`

const rows: ReadonlyArray<readonly [row: string, argv: ReadonlyArray<string>, message: string]> = [
  ["1 pprof without status", ["--enable-pprof"], "--enable-pprof requires --status to be set"],
  ["1 pprof with an empty status", ["--enable-pprof", "--status="], "--enable-pprof requires --status to be set"],
  ["2 shutdown without status", ["--enable-shutdown"], "--enable-shutdown requires --status to be set"],
  ["1 before 2", ["--enable-shutdown", "--enable-pprof"], "--enable-pprof requires --status to be set"],
  ["2 page without status", ["--status-ui"], "--status-ui requires --status to be set"],
  ["2 allowed host without status", ["--status-allow-host=a"], "--status-allow-host requires --status to be set"],
  ["2 page with an empty status", ["--status-ui", "--status="], "--status-ui requires --status to be set"],
  ["3 metrics-url of another scheme", ["--metrics-url=ftp://h"], "--metrics-url should start with http:// or https://"],
  ["3 upper case", ["--metrics-url=HTTP://h"], "--metrics-url should start with http:// or https://"],
  [
    "otlp-endpoint of another scheme",
    ["--otlp-endpoint=h:4318"],
    "--otlp-endpoint should start with http:// or https://"
  ],
  ["2 before 3", ["--metrics-url=x", "--enable-shutdown"], "--enable-shutdown requires --status to be set"],
  [
    "5 status without port",
    ["--status=localhost"],
    "invalid --status address: address localhost: missing port in address"
  ],
  ["5 status number", ["--status=27121"], "invalid --status address: address 27121: missing port in address"],
  [
    "5 after the scheme",
    ["--status=http://localhost"],
    "invalid --status address: address localhost: missing port in address"
  ],
  ["5 only a scheme", ["--status=https://"], "invalid --status address: address : missing port in address"],
  [
    "5 upper case scheme",
    ["--status=HTTP://h:1"],
    "invalid --status address: address HTTP://h:1: too many colons in address"
  ],
  ["5 a path", ["--status=http://h:1/"], "invalid --status address: lookup tcp/1/: unknown port"],
  ["5 a longer path", ["--status=h:1/foo"], "invalid --status address: lookup tcp/1/foo: unknown port"],
  ["5 port out of range", ["--status=h:65536"], "invalid --status address: address 65536: invalid port"],
  ["5 unix without path", ["--status=unix:"], "invalid --status address: address unix:: missing socket path"],
  ["6 http://unix:", ["--status=http://unix:/x"], network("unix")],
  ["6 https://systemd:", ["--status=https://systemd:x"], network("systemd")],
  ["6 http://launchd:", ["--status=http://launchd:x"], network("launchd")],
  ["7 no connect timeout", ["--connect-timeout=0s"], "--connect-timeout duration must not be zero"],
  ["6 before 7", ["--connect-timeout=0", "--status=http://unix:/x"], network("unix")],
  ["8 negative", ["--use-workload-api-timeout=-1s"], "--use-workload-api-timeout duration must not be negative"],
  [
    "7 before 8",
    ["--use-workload-api-timeout=-1s", "--connect-timeout=0"],
    "--connect-timeout duration must not be zero"
  ]
]

const every = rows.flatMap(([row, argv, message]) =>
  [[], server, client].map((before) => ({ row, mode: before[0] ?? "no command", argv: [...before, ...argv], message }))
)

describe("2.1 global rules", () => {
  it.each(every)("$row ($mode)", async ({ argv, message }) => {
    expect(refusal(await run(argv))).toBe(message)
  })
  it("4 target-status of another scheme, before 5", async () => {
    const message = "--target-status should start with http:// or https://"
    expect(refusal(await run([...server, "--target-status=h:1"]))).toBe(message)
    expect(refusal(await run([...server, "--target-status=x", "--status=x"]))).toBe(message)
  })
  it.each([
    ["an empty status is none", ["--status="]],
    ["http", ["--metrics-url=http://x", "--target-status=https://y"]],
    ["empty URLs are none", ["--metrics-url=", "--target-status=", "--otlp-endpoint="]],
    ["traces to somewhere", ["--otlp-endpoint=http://h:4318", "--otlp-traces"]],
    ["a negative connect timeout", ["--connect-timeout=-1s"]],
    ["no limit for the workload API", ["--use-workload-api-timeout=0"]],
    ["what --status allows", ["--status=unix:/x", "--enable-pprof", "--enable-shutdown", "--status-ui"]]
  ])("accepts %s", async (_row, argv) => {
    expect((await run([...server, ...argv])).code).toBe(ran)
  })
  it("is the same function for embedders of the parser", async () => {
    const { flags } = await invoke(server)
    expect(check({ ...flags, enablePprof: true }, "")).toBe("--enable-pprof requires --status to be set")
    expect(check(flags, "http://x")).toBeUndefined()
  })
})

describe("3.4 --status prefix", () => {
  const none = () => undefined
  it.each([
    ["localhost:1", "Tcp", true],
    ["https://localhost:1", "Tcp", true],
    ["http://localhost:1", "Tcp", false],
    [":0", "Tcp", true],
    ["unix:/x", "Unix", false],
    ["systemd:x", "Systemd", false],
    ["launchd:x", "Launchd", false],
    ["http://h:http-alt", "Tcp", false]
  ])("%s", (text, tag, https) => {
    const status = statusAddress(text, none)
    expect(Result.isSuccess(status) && [status.success.address._tag, status.success.https]).toEqual([tag, https])
  })
})
