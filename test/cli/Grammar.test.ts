/** Value types (docs/compatibility/command-line.md, 1.4) and what the flags make of them (1.5 to 1.7). */
import { Duration, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { flagTable } from "../../src/cli/Commands.ts"
import type { FlagSpec } from "../../src/cli/FlagSpec.ts"
import { quietClasses } from "../../src/cli/SharedFlags.ts"
import { client, invoke, refusal, run, server } from "./CommandLine.ts"

type BadValue = readonly [value: string, message: string, argv?: ReadonlyArray<string>]

const badValues: ReadonlyArray<BadValue> = [
  ["--timed-reload=10", 'missing unit in duration "10"'],
  ["--timed-reload=10x", 'unknown unit "x" in duration "10x"'],
  ["--timed-reload=", 'invalid duration ""'],
  ["--timed-reload=1 s", 'unknown unit " s" in duration "1 s"'],
  ["--max-concurrent-conns=4294967296", 'strconv.ParseUint: parsing "4294967296": value out of range'],
  ["--max-concurrent-conns=0x1ffffffff", 'strconv.ParseUint: parsing "0x1ffffffff": value out of range'],
  ...["", "-1", "+1", "1.5", "08", "0x", "0b2", "0o8", "1__0", "_1", "1_", "ten"].map(
    (text) =>
      [
        `--max-concurrent-conns=${text}`,
        `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
        server
      ] as const
  ),
  ["--proxy-protocol-mode=foo", "enum value must be one of conn,tls,tls-full, got 'foo'"],
  ["--proxy-protocol-mode=", "enum value must be one of conn,tls,tls-full, got ''"],
  ["--quiet=foo", "enum value must be one of ,all,conns,handshake-errs,conn-errs, got 'foo'"],
  ["--log-format=xml", "enum value must be one of text,json, got 'xml'"],
  ["--quiet=ALL", "enum value must be one of ,all,conns,handshake-errs,conn-errs, got 'ALL'"],
  ["--allow-ip=foo", "'foo' is not an IP address"],
  ["--allow-ip-san=1.2.3", "'1.2.3' is not an IP address"],
  ["--allow-ip=fe80::1%eth0", "'fe80::1%eth0' is not an IP address"],
  ["--allow-ip=01.2.3.4", "'01.2.3.4' is not an IP address"],
  ["--metrics-graphite=foo", "'foo' is not a valid TCP address: address foo: missing port in address"],
  ["--metrics-graphite=foo:bar", "'foo:bar' is not a valid TCP address: lookup tcp/bar: unknown port"],
  [
    "--metrics-graphite=unix:1:2",
    "'unix:1:2' is not a valid TCP address: address unix:1:2: too many colons in address"
  ],
  ["--metrics-graphite=x.invalid:1", "'x.invalid:1' is not a valid TCP address: lookup x.invalid: no such host"],
  ["--auto-acme-alt-tls-alpn-port=x", 'strconv.ParseFloat: parsing "x": invalid syntax'],
  ["--workers=65", "'65' is not a number of worker threads (0 to 64) nor 'auto'"],
  ["--workers=-1", "'-1' is not a number of worker threads (0 to 64) nor 'auto'"],
  ["--workers=", "'' is not a number of worker threads (0 to 64) nor 'auto'"],
  ["--alpn=", '--alpn: "" is not an ALPN protocol: its name must have 1 to 255 bytes'],
  [
    `--alpn=${"x".repeat(256)}`,
    `--alpn: "${"x".repeat(256)}" is not an ALPN protocol: its name must have 1 to 255 bytes`
  ],
  ...["h2,", ",h2", "h2,,http/1.1", "h2, "].map(
    (list) => [`--alpn=${list}`, '--alpn: "" is not an ALPN protocol: its name must have 1 to 255 bytes'] as const
  ),
  ["--alpn=h2,acme-tls/1", '--alpn: "acme-tls/1" cannot be offered: it belongs to ACME challenges'],
  ...["my app", "a\tb", " a", "a\n", "a\u00a0b", "a\u0007", "a\u200bb"].map(
    (prefix) =>
      [
        `--metrics-prefix=${prefix}`,
        `--metrics-prefix: ${JSON.stringify(prefix)}: the prefix of metrics must not contain blanks or control characters`
      ] as const
  ),
  ["--alpn=acme-tls/1", '--alpn: "acme-tls/1" cannot be offered: it belongs to ACME challenges'],
  ["--verify-ip=foo", "'foo' is not an IP address", client],
  ["--proxy=:foo", 'invalid URL: parse ":foo": missing protocol scheme', client],
  ["--proxy=http://h:x", 'invalid URL: parse "http://h:x": invalid port ":x" after host', client],
  ["--proxy=http://[::1", `invalid URL: parse "http://[::1": missing ']' in host`, client],
  ["--proxy=http://h/%zz", 'invalid URL: parse "http://h/%zz": invalid URL escape "%zz"', client],
  ["--proxy=1a:b", 'invalid URL: parse "1a:b": first path segment in URL cannot contain colon', client],
  ["--proxy=http://user:se%zzcret@h", 'invalid URL: parse "http://xxxxx@h": invalid URL escape', client],
  ["--proxy=http://h\n", 'invalid URL: parse "http://h\\n": net/url: invalid control character in URL', client]
]

describe("1.4 value types: refused", () => {
  it.each(badValues.map(([value, message, argv = server]) => ({ value, message, argv })))(
    "$value",
    async ({ value, message, argv }) => {
      expect(refusal(await run([...argv, value]))).toBe(message)
    }
  )
})

const flagsOf = async (value: string, argv = server) => (await invoke([...argv, value])).flags

describe("1.4 value types: accepted", () => {
  it.each([
    ["1.5s", 1500],
    [".5s", 500],
    ["1.s", 1000],
    ["1d12h", 36 * 3600e3],
    ["1w", 604_800e3],
    ["1h2m3s4ms", 3_723_004],
    ["5us", 0.005],
    ["5µs", 0.005],
    ["5μs", 0.005],
    ["5ns", 0.000005],
    ["0", 0],
    ["+1s", 1000],
    ["-1s", -1000]
  ])("duration %s", async (text, millis) => {
    expect(Duration.toMillis((await flagsOf(`--timed-reload=${text}`)).timedReload)).toBe(millis)
  })
  it.each([
    ["10", 10],
    ["0x10", 16],
    ["0X1F", 31],
    ["0b11", 3],
    ["0o17", 15],
    ["010", 8],
    ["0_10", 8],
    ["0x_ff", 255],
    ["1_000", 1000],
    ["0", 0],
    ["00", 0],
    ["4294967295", 4294967295]
  ])("uint32 %s", async (text, count) => {
    expect((await flagsOf(`--max-concurrent-conns=${text}`)).maxConcurrentConns).toBe(count)
  })
  it.each(["1.2.3.4", "::1", "::ffff:1.2.3.4", "2001:DB8::1"])("IP %s", async (text) => {
    expect(await flagsOf(`--allow-ip=${text}`)).toHaveProperty("allowIp", [text])
  })
  it.each(["http://h", "http://u:p@h:8080/p?q=%zz", "socks5://[::1]:1080", "ftp://h", "host", "host/a:b", "a:b/c", ""])(
    "URL %s (schemes are checked later)",
    async (text) => {
      expect(await flagsOf(`--proxy=${text}`, client)).toHaveProperty("proxy", text)
    }
  )
  it.each(["conn", "tls", "tls-full"])("enum %s", async (mode) => {
    expect(await flagsOf(`--proxy-protocol-mode=${mode}`)).toHaveProperty("proxyProtocolMode", mode)
  })
  it("a TCP address whose host resolves", async () => {
    expect((await flagsOf("--metrics-graphite=127.0.0.1:2003")).metricsGraphite?.port).toBe(2003)
    expect((await flagsOf("--metrics-graphite=:2003")).metricsGraphite?.host).toBe("")
  })
  it.each([
    ["auto", "auto"],
    ["0", 0],
    ["64", 64]
  ])("workers %s", async (text, workers) => {
    expect((await flagsOf(`--workers=${text}`)).workers).toBe(workers)
  })
  it("quiet classes are known from the flags alone", async () => {
    expect(quietClasses((await invoke(server)).flags)).toEqual([])
    expect(quietClasses(await flagsOf("--quiet="))).toEqual([])
    const { flags } = await invoke([...server, "--quiet=conns", "--quiet", "all", "--quiet=conns"])
    expect(quietClasses(flags)).toEqual(["all", "conns"])
  })
})

const example = (spec: FlagSpec): string =>
  ["http://127.0.0.1:1", "127.0.0.1:1", "7", "1s", "127.0.0.1", "conns", "conn", "auto", "text", "strict", "off"].find(
    (text) => spec.refuse(text) === undefined && (spec.metavar === "ADDR" ? text.startsWith("127") : true)
  ) ?? ""

// Those that run a tunnel: commands of a group take no shared flags.
const tunnels = Object.entries(flagTable.commands).filter(([command]) => !command.includes(" "))
const every = tunnels.flatMap(([command, own]) =>
  [...flagTable.shared, ...own].flatMap((spec) =>
    [spec.name, ...spec.aliases].map((name) => ({ command, name, spec, required: own.filter((one) => one.required) }))
  )
)

describe("1.5 to 1.7: every flag parses", () => {
  it.each(every)("$command --$name", async ({ command, name, spec, required }) => {
    const others = [...required.map((one) => one.name), "status"].filter((other) => other !== name)
    const given = spec.arity === "switch" ? `--${name}` : `--${name}=${example(spec)}`
    expect((await invoke([command, ...others.map((other) => `--${other}=h:1`), given])).mode).toBe(command)
  })
  it("defaults", async () => {
    const { flags } = await invoke(server)
    const seconds = (duration: Duration.Duration) => Duration.toSeconds(duration)
    expect({
      workload: seconds(flags.useWorkloadApiTimeout),
      reload: seconds(flags.timedReload),
      shutdown: seconds(flags.shutdownTimeout),
      connect: seconds(flags.connectTimeout),
      close: seconds(flags.closeTimeout),
      lifetime: seconds(flags.maxConnLifetime),
      metrics: seconds(flags.metricsInterval),
      prefix: flags.metricsPrefix,
      conns: flags.maxConcurrentConns,
      workers: flags.workers,
      suites: flags.cipherSuites,
      landlock: flags.disableLandlock,
      sandbox: flags.sandbox
    }).toEqual({
      workload: 600,
      reload: 0,
      shutdown: 300,
      connect: 10,
      close: 60,
      lifetime: 0,
      metrics: 30,
      prefix: "ghostunnel",
      conns: 0,
      workers: "auto",
      suites: "AES,CHACHA",
      landlock: false,
      sandbox: "auto"
    })
  })
  it("the password arrives, redacted", async () => {
    const { storepass } = await flagsOf("--storepass=hunter2")
    expect([Redacted.value(storepass), String(storepass)]).toEqual(["hunter2", "<redacted>"])
  })
  it("an empty metrics prefix is a prefix", async () => {
    expect((await flagsOf("--metrics-prefix=")).metricsPrefix).toBe("")
  })
})
