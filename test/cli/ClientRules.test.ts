/** The rules of `client` (docs/compatibility/command-line.md, 2.3), in the Go program's order, and the tunnels it makes. */
import { Redacted, Result } from "effect"
import { assert, describe, expect, it } from "vitest"
import { client, configure, loggedRefusal } from "./CommandLine.ts"

const pem = ["--cert=c", "--key=k"]
const digest = Buffer.alloc(64).toString("base64")
const pin = `--verify-spki-pin=SHA512:${digest}`

const none =
  "at least one of --keystore, --cert/--key, --keychain-identity/issuer (if supported), --use-workload-api or --disable-authentication flags is required"
const exclusive =
  "--keystore, --cert/--key, --keychain-identity/issuer, --use-workload-api and --disable-authentication flags are mutually exclusive"
const pair = "--cert/--key must be set together, unless using PKCS11 for private key"
const unsafe =
  "--listen must be unix:PATH, localhost:PORT, systemd:NAME or launchd:NAME (unless --unsafe-listen is set)"
const network = (name: string) =>
  `invalid --target network "${name}": client mode requires a HOST:PORT or unix:PATH target`
const nameless =
  "--target unix:PATH names no server: --override-server-name is required to verify one (or --verify-spki-pin)"
const unproxied = "--target unix:PATH is mutually exclusive with --proxy: a proxy is only ever asked for HOST:PORT"
const together = "--verify-policy and --verify-query have to be used together"
const pinAndApi = "--verify-spki-pin is mutually exclusive with --use-workload-api"
const pinAndOther = "--verify-spki-pin is mutually exclusive with other verification flags"
const later = "is not supported yet by this version"

interface Row {
  readonly row: string
  readonly flags: ReadonlyArray<string>
  readonly sentence: string
  readonly listen?: string
  readonly target?: string
}

const rows: ReadonlyArray<Row> = [
  { row: "1 no source", flags: [], sentence: none },
  { row: "1 a lone --cert", flags: ["--cert=c"], sentence: none },
  { row: "1 ACME does not exist here", flags: ["--no-disable-authentication"], sentence: none },
  { row: "2 keystore and pair", flags: ["--keystore=s", ...pem], sentence: exclusive },
  { row: "2 none and pair", flags: ["--disable-authentication", ...pem], sentence: exclusive },
  { row: "2 workload API and pair", flags: ["--use-workload-api-addr=x", ...pem], sentence: exclusive },
  { row: "3 cert beside another source", flags: ["--keystore=s", "--cert=c"], sentence: pair },
  { row: "3 key beside another source", flags: ["--disable-authentication", "--key=k"], sentence: pair },
  { row: "3 before 4", flags: ["--keystore=s", "--cert=c"], listen: "h:1", sentence: pair },
  ...["h:1", "127.0.0.2:1", "LOCALHOST:1", ":1", "0.0.0.0:1", "[::]:1", ""].map((listen) => ({
    row: `4 ${listen}`,
    flags: pem,
    listen,
    sentence: unsafe
  })),
  { row: "4 before 5", flags: pem, listen: ":1", target: "x", sentence: unsafe },
  {
    row: "5 no port",
    flags: pem,
    target: "x",
    sentence: "invalid --target address: address x: missing port in address"
  },
  {
    row: "5 IPv6 without brackets",
    flags: pem,
    target: "::1:1",
    sentence: "invalid --target address: address ::1:1: too many colons in address"
  },
  { row: "UNIX target without a name", flags: pem, target: "unix:x", sentence: nameless },
  {
    row: "UNIX target with an empty name, before 7",
    flags: [...pem, "--override-server-name=", "--verify-query=q"],
    target: "unix:x",
    sentence: nameless
  },
  {
    row: "UNIX target through a proxy",
    flags: [...pem, "--override-server-name=n", "--proxy=socks5://h:1"],
    target: "unix:x",
    sentence: unproxied
  },
  {
    row: "5 no path",
    flags: [...pem, "--override-server-name=n"],
    target: "unix:",
    sentence: "invalid --target address: address unix:: missing socket path"
  },
  { row: "6 systemd", flags: pem, target: "systemd:x", sentence: network("systemd") },
  {
    row: "6 launchd, before 7",
    flags: [...pem, "--verify-query=q"],
    target: "launchd:x",
    sentence: network("launchd")
  },
  { row: "7 policy alone", flags: [...pem, "--verify-policy=p"], sentence: together },
  { row: "7 query alone, before 8", flags: ["--use-workload-api", "--verify-query=q", pin], sentence: together },
  { row: "8 pin with workload API", flags: ["--use-workload-api", pin], sentence: pinAndApi },
  { row: "8 before 9", flags: ["--use-workload-api", pin, "--verify-cn=x"], sentence: pinAndApi },
  ...["cn", "ou", "dns", "uri", "dns-san", "uri-san"].map((kind) => ({
    row: `9 pin with verify-${kind}`,
    flags: [...pem, pin, `--verify-${kind}=x`],
    sentence: pinAndOther
  })),
  { row: "9 pin with verify-ip", flags: [...pem, pin, "--verify-ip=::1"], sentence: pinAndOther },
  { row: "9 an empty name is a flag too", flags: [...pem, pin, "--verify-cn="], sentence: pinAndOther },
  { row: "9 pin with a policy", flags: [...pem, pin, "--verify-policy=p", "--verify-query=q"], sentence: pinAndOther },
  { row: "9 before 10", flags: [...pem, "--verify-spki-pin=x", "--verify-cn=x"], sentence: pinAndOther },
  {
    row: "10 a bad pin",
    flags: [...pem, pin, "--verify-spki-pin=md5:x"],
    sentence:
      '--verify-spki-pin: invalid pin "md5:x": unsupported hash algorithm "md5" (supported: sha256, sha384, sha512)'
  },
  {
    row: "10 before 11",
    flags: [...pem, "--verify-spki-pin=x", "--cipher-suites=x"],
    sentence: '--verify-spki-pin: invalid pin "x": expected format <algo>:<base64-digest>'
  },
  { row: "11 cipher group", flags: [...pem, "--cipher-suites=foo"], sentence: "invalid cipher suite 'foo' selected" },
  { row: "not built: workload API", flags: ["--use-workload-api"], sentence: `--use-workload-api ${later}` },
  {
    row: "not built: workload API beside no certificate",
    flags: ["--use-workload-api", "--disable-authentication"],
    sentence: `--use-workload-api ${later}`
  },
  {
    row: "late: a URL for metrics that is none",
    flags: [...pem, "--metrics-url=https://u:p@x:99999"],
    sentence: "--metrics-url is not a valid URL"
  },
  {
    row: "late: a collector that is none",
    flags: [...pem, "--otlp-endpoint=https://u:p@x:99999"],
    sentence: "--otlp-endpoint is not a valid URL"
  },
  {
    row: "traces to nowhere",
    flags: [...pem, "--otlp-traces"],
    sentence: "--otlp-traces requires --otlp-endpoint to be set"
  },
  { row: "a mode of nothing", flags: [...pem, "--crl-mode=strict"], sentence: "--crl-mode requires --crl to be set" },
  {
    row: "lists without chains",
    flags: [...pem, pin, "--crl=x"],
    sentence: "--crl is mutually exclusive with --verify-spki-pin, which verifies no certificate chains"
  },
  {
    row: "late: TLS version",
    flags: [...pem, "--max-tls-version=x"],
    sentence: "invalid max TLS version: unsupported TLS version: x (--max-tls-version takes TLS1.2 or TLS1.3)"
  },
  {
    row: "late: --listen",
    flags: [...pem, "--unsafe-listen"],
    listen: "x",
    sentence: "invalid --listen address: address x: missing port in address"
  }
]

describe("2.3 rules of client", () => {
  it.each(rows)("$row", async ({ flags, sentence, listen = "localhost:8080", target = "example.com:8443" }) => {
    const config = await configure(["client", `--listen=${listen}`, `--target=${target}`, ...flags])
    expect(Result.isFailure(config) ? config.failure : config.success).toBe(sentence)
  })
})

describe("2.4 what Ghostunnel finds out late", () => {
  it("is logged as it does", async () => {
    const why = "invalid --listen address: address unix:: missing socket path"
    expect(await loggedRefusal(["client", "--listen=unix:", "--target=h:1", ...pem])).toEqual([
      `error opening socket: ${why}`,
      `error from client listen: ${why}`
    ])
    expect(await loggedRefusal([...client, ...pem, "--max-tls-version=TLS1"])).toEqual([
      expect.stringMatching(/^error: unable to build dialer: invalid max TLS version: unsupported TLS version: TLS1 /)
    ])
    expect(await loggedRefusal(client)).toEqual([`error: ${none}`])
  })
})

const tunnel = async (...flags: ReadonlyArray<string>) => Result.getOrThrow(await configure([...client, ...flags]))

describe("tunnels of client", () => {
  it.each(["unix:x", "systemd:n", "launchd:n", "127.0.0.1:1", "[::1]:1", "localhost:1"])(
    "safe listener %s",
    async (listen) => {
      const config = await configure(["client", `--listen=${listen}`, "--target=h:1", ...pem])
      expect(Result.getOrThrow(config).listen.text).toBe(listen)
    }
  )
  it("an unsafe listener that is allowed", async () => {
    expect(
      Result.isSuccess(await configure(["client", "--listen=:1", "--target=h:1", "--unsafe-listen", ...pem]))
    ).toBe(true)
  })
  it.each([
    ["nothing", [], { _tag: "AnyVerified" }],
    ["pins", [pin], { _tag: "Pins", pins: [`SHA512:${digest}`] }],
    [
      "names",
      ["--verify-cn=", "--verify-ou=o", "--verify-dns=d", "--verify-ip-san=1.2.3.4", "--verify-uri=u"],
      {
        _tag: "Names",
        rules: {
          commonNames: [""],
          organizationalUnits: ["o"],
          dnsNames: ["d"],
          ipAddresses: ["1.2.3.4"],
          uriPatterns: ["u"]
        }
      }
    ]
  ])("access by %s", async (_name, flags, access) => {
    expect(await tunnel(...pem, ...flags)).toHaveProperty("access", access)
  })
  it("without a certificate, verification stays on, pins too", async () => {
    expect(await tunnel("--disable-authentication")).toMatchObject({
      credentials: { _tag: "None" },
      access: { _tag: "AnyVerified" }
    })
    expect(await tunnel("--disable-authentication", pin)).toMatchObject({
      credentials: { _tag: "None" },
      access: { _tag: "Pins" }
    })
  })
  it("a UNIX socket as target, verified by name or by pin", async () => {
    for (const how of ["--override-server-name=n", pin]) {
      const config = await configure(["client", "--listen=localhost:1", "--target=unix:@x", ...pem, how])
      expect(Result.getOrThrow(config).target).toEqual({ _tag: "Unix", text: "unix:@x", path: "@x" })
    }
  })
  it("the server's name", async () => {
    expect(await tunnel(...pem, "--override-server-name=n")).toMatchObject({ mode: "client", serverName: "n" })
    expect("serverName" in (await tunnel(...pem))).toBe(false)
  })
  it("the proxy's URL, which may hold a password", async () => {
    const config = await tunnel(...pem, "--proxy=http://user:secret@proxy:3128")
    assert(config.mode === "client" && config.proxyUrl !== undefined)
    expect(Redacted.value(config.proxyUrl)).toBe("http://user:secret@proxy:3128")
    expect(JSON.stringify(config)).not.toContain("secret")
    expect("proxyUrl" in (await tunnel(...pem))).toBe(false)
  })
})
